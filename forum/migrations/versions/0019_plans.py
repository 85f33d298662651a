"""What was adopted on a day: pictures, and the action plans that were made on them."""

from forum.migrations import sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the tables; a document has a form for Word beside the one for paper."""
    sql.run("0019_plans")


def downgrade() -> None:
    """Take them away."""
    sql.run("0019_plans_down")

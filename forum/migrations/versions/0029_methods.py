"""Methods that forums offer to each other, and who has taken one over."""

from forum.migrations import sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Make the tables; who leads a forum may add categories."""
    sql.run("0029_methods")


def downgrade() -> None:
    """Take them away."""
    sql.run("0029_methods_down")

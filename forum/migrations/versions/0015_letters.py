"""Letters, contacts, links to one measure."""

from forum.migrations import sql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0015_letters")


def downgrade() -> None:
    """Take them away."""
    sql.run("0015_letters_down")

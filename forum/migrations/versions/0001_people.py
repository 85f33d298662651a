"""Who takes part, and the rights that every later table uses."""

from forum.migrations import sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the people's tables."""
    sql.run("0001_people")


def downgrade() -> None:
    """Take the people's tables away."""
    sql.run("0001_people_down")

"""Secret addresses of members' calendars."""

from forum.migrations import sql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the table and the one way by which an address is read."""
    sql.run("0017_calendars")


def downgrade() -> None:
    """Take them away."""
    sql.run("0017_calendars_down")

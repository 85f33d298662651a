"""Meetings: cycle, agenda, attendance, decisions, signatures and sealed minutes."""

from forum.migrations import sql

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0013_meetings")


def downgrade() -> None:
    """Take them away."""
    sql.run("0013_meetings_down")

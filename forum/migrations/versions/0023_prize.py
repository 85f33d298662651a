"""The prize: editions, who holds which office, nominations and their ties, awards; and the rights that all use."""

from forum.migrations import sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0023_prize")


def downgrade() -> None:
    """Take them away."""
    sql.run("0023_prize_down")

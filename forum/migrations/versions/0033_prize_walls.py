"""Ties and votes go with the person, one decides at a time, and what was never sent in reaches nobody."""

from forum.migrations import sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    """Bring the rules."""
    sql.run("0033_prize_walls")


def downgrade() -> None:
    """Take them away."""
    sql.run("0033_prize_walls_down")

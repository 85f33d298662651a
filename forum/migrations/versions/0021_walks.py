"""Safety walks: who was there in numbers, points in order, and what a follow-up walk saw of them."""

from forum.migrations import sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0021_walks")


def downgrade() -> None:
    """Take them away."""
    sql.run("0021_walks_down")

"""Frozen effect cards: what the comparison of a measure's before and after said on a day."""

from forum.migrations import sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Make the table."""
    sql.run("0022_effects")


def downgrade() -> None:
    """Take it away."""
    sql.run("0022_effects_down")

"""Cause analyses, measures, the deviations that they answer, and follow-ups."""

from forum.migrations import sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0010_measures")


def downgrade() -> None:
    """Take them away."""
    sql.run("0010_measures_down")

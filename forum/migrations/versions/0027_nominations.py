"""Nominations: what they say, whom to write to, evidence, sealed packs, supplements and the letters about them."""

from forum.migrations import sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0027_nominations")


def downgrade() -> None:
    """Take them away."""
    sql.run("0027_nominations_down")

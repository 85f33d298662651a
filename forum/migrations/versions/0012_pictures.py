"""Frozen pictures with their written parts."""

from forum.migrations import sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table."""
    sql.run("0012_pictures")


def downgrade() -> None:
    """Take it away."""
    sql.run("0012_pictures_down")

"""Selections that members keep under a name."""

from forum.migrations import sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table of kept selections."""
    sql.run("0005_views")


def downgrade() -> None:
    """Take it away."""
    sql.run("0005_views_down")

"""Imports that are worked after the request."""

from forum.migrations import sql

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    """Make the table of imports."""
    sql.run("0008_imports")


def downgrade() -> None:
    """Take it away."""
    sql.run("0008_imports_down")

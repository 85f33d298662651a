"""What the public may read of a forum."""

from forum.migrations import sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Keep a forum's issues, and whether everybody may read them."""
    sql.run("0018_publications")


def downgrade() -> None:
    """Publish nothing."""
    sql.run("0018_publications_down")

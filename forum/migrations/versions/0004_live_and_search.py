"""What changed lately, for the live map; the forum's data version; and the search that finds parts of words."""

from forum.migrations import sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of changes, count the forum's writes, and index parts of words."""
    sql.run("0004_live_and_search")


def downgrade() -> None:
    """Take them away, and search by whole words again."""
    sql.run("0004_live_and_search_down")

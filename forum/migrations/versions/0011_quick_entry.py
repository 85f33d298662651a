"""Who asks is found out once for a transaction, and most requests come in by one look."""

from forum.migrations import sql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Let the transaction know its forum, organisation and role."""
    sql.run("0011_quick_entry")


def downgrade() -> None:
    """Let each policy ask for the member anew."""
    sql.run("0011_quick_entry_down")

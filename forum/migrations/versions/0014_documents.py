"""Documents that a job prints: for whoever asked, for a day."""

from forum.migrations import sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the table."""
    sql.run("0014_documents")


def downgrade() -> None:
    """Take it away."""
    sql.run("0014_documents_down")

"""What an award stands on, as everybody may see it."""

from forum.migrations import sql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Add the column."""
    sql.run("0030_award_evidence")


def downgrade() -> None:
    """Take it away."""
    sql.run("0030_award_evidence_down")

"""The jury's work: gate, assessments, deliberation, motions and votes, reasons; what a late tie sets aside."""

from forum.migrations import sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0028_jury")


def downgrade() -> None:
    """Take them away."""
    sql.run("0028_jury_down")

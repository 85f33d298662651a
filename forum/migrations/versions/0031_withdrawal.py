"""Whoever takes a nomination back may let the edition go on."""

from forum.migrations import sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Let whoever nominated have the quorum settled."""
    sql.run("0031_withdrawal")


def downgrade() -> None:
    """Leave that to those who hold an office."""
    sql.run("0031_withdrawal_down")

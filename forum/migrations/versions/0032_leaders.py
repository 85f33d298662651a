"""Where nobody may lead on a nomination, the edition stands still."""

from forum.migrations import sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Ask for who leads as well."""
    sql.run("0032_leaders")


def downgrade() -> None:
    """Ask for the quorum alone."""
    sql.run("0032_leaders_down")

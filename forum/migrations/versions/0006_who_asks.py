"""Who asks is planned once for a connection, not by each policy of each statement."""

from forum.migrations import sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Let the function keep its plan."""
    sql.run("0006_who_asks")


def downgrade() -> None:
    """Make it a plain SQL function again."""
    sql.run("0006_who_asks_down")

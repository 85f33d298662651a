"""A map window's newest are found without reading its rows."""

from forum.migrations import sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Let the index of places say when and which, too."""
    sql.run("0016_speed")


def downgrade() -> None:
    """Let the index say only where."""
    sql.run("0016_speed_down")

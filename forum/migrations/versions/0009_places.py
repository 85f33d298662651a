"""Places, what was put there by hand, and the steps of the work."""

from forum.migrations import sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    sql.run("0009_places")


def downgrade() -> None:
    """Take them away."""
    sql.run("0009_places_down")

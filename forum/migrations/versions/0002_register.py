"""What is noticed: categories, deviations, history; and the journal."""

from forum.migrations import sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the register's tables."""
    sql.run("0002_register")


def downgrade() -> None:
    """Take the register's tables away."""
    sql.run("0002_register_down")

"""What a measure cost, in kronor, and what is in the sum."""

from forum.migrations import sql

revision = "0026"
down_revision = "0023"


def upgrade() -> None:
    """Add the columns."""
    sql.run("0026_costs")


def downgrade() -> None:
    """Take them away."""
    sql.run("0026_costs_down")

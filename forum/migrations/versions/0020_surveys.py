"""Imported figures: perceived insecurity and reported offences by area and year."""

from forum.migrations import sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Make the table."""
    sql.run("0020_surveys")


def downgrade() -> None:
    """Take it away."""
    sql.run("0020_surveys_down")

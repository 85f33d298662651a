"""The queue of jobs: procrastinate's own tables, in the schema `jobs`."""

from procrastinate.schema import SchemaManager

from forum.migrations import sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the queue; its functions name no schema, so they are made and called with `jobs` on the search path."""
    run = sql.execute
    run("CREATE SCHEMA IF NOT EXISTS jobs")
    run("SET LOCAL search_path = jobs, public")
    run(SchemaManager.get_schema())
    run("GRANT USAGE ON SCHEMA jobs TO trygg_app")
    run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO trygg_app")
    run("GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO trygg_app")
    run("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO trygg_app")
    run("SET LOCAL search_path = public, jobs")


def downgrade() -> None:
    """Take the queue away."""
    sql.execute("DROP SCHEMA jobs CASCADE")

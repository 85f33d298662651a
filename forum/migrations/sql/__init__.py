"""The SQL of the migrations, one file a step."""

from importlib.resources import files

from alembic import op


def run(name: str) -> None:
    """Run the statements of one file in the migration's transaction."""
    execute((files(__package__) / f"{name}.sql").read_text("utf-8"))


def execute(statements: str) -> None:
    """Run statements as they stand: no parameters, so a per cent sign is one."""
    op.get_bind().connection.cursor().execute(statements)

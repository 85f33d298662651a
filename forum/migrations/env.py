"""Run the migrations as the owner role (migreringar)."""

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine

from forum.foundation.database import Base
from forum.tables import ALL

assert ALL  # the models must be known before the metadata are compared

engine = create_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()

"""The tables' history (migreringar): plain SQL in `sql/`, run in order by Alembic."""

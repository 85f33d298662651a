"""The tables' history: one line, forwards over nothing, backwards over everything, and forwards again."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import jobs, journal
from forum.foundation.cluster import PrivateCluster
from forum.foundation.database import _config as config
from forum.foundation.database import make_engine, make_sessions, migrate, migrate_down, migrated
from forum.people import accounts, members
from forum.register import deviations, finding, intake
from forum.register.deviations import Reason, Status
from forum.register.finding import Filter
from forum.tables import ALL
from tests.builders import World, build_world, mark
from tests.conftest import SECRET, fresh_database, on

OURS = text(
    """
    WITH ours AS (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'jobs')),
         foreign_hands AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
    SELECT 'relation ' || relname FROM pg_class c
     WHERE relnamespace IN (TABLE ours) AND ('pg_class'::regclass, c.oid) NOT IN (TABLE foreign_hands)
    UNION ALL SELECT 'function ' || proname FROM pg_proc p
     WHERE pronamespace IN (TABLE ours) AND ('pg_proc'::regclass, p.oid) NOT IN (TABLE foreign_hands)
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace IN (TABLE ours)
    UNION ALL SELECT 'policy ' || policyname FROM pg_policies
    UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
    UNION ALL SELECT 'grant ' || nspname || coalesce(nspacl::text, '') FROM pg_namespace
     WHERE nspname NOT LIKE 'pg\\_%' AND nspacl::text LIKE '%trygg_app%'
    """
)
"""Everything in our schemas that belongs to no extension."""
COLUMNS = text(
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :table"
)
ALEMBIC = {"relation alembic_version", "relation alembic_version_pkc", "type alembic_version", "type _alembic_version"}
JOBS = {"schema jobs"}
"""Made by the database's administrator the first time, and by the migrations after they have taken it away."""


@pytest.fixture
def database(administration: Engine, cluster: PrivateCluster) -> Iterator[str]:
    """Return the name of a database of this test alone, as its administrator hands it over: without our tables."""
    for name in fresh_database(administration, "template0"):
        engine = create_engine(on(cluster.superuser_url, name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql((files("forum") / "data" / "roles.sql").read_text("utf-8").replace("%", "%%"))
        engine.dispose()
        yield name


@pytest.fixture
def owner_url(cluster: PrivateCluster, database: str) -> str:
    return on(cluster.owner_url, database)


@pytest.fixture
def superuser(cluster: PrivateCluster, database: str) -> Iterator[Engine]:
    engine = create_engine(on(cluster.superuser_url, database), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(cluster: PrivateCluster, database: str, keeper: journal.Keeper) -> Iterator[sessionmaker[Session]]:
    engine = make_engine(on(cluster.app_url, database))
    made = make_sessions(engine)
    journal.keep(made, keeper)
    yield made
    engine.dispose()


@pytest.fixture
def keeper(tmp_path_factory: pytest.TempPathFactory) -> journal.Keeper:
    return journal.Keeper(SECRET, tmp_path_factory.mktemp("anchors"))


def steps() -> list[str]:
    """Return the revisions from the newest to the oldest."""
    return [script.revision for script in ScriptDirectory.from_config(config("")).walk_revisions()]


def objects(superuser: Engine) -> set[str]:
    with superuser.connect() as connection:
        return set(connection.scalars(OURS))


def fill(session: Session) -> World:
    """Put something into every table: deviations in several states, a journal, a session, a waiting job."""
    world = build_world(session)
    accounts.create_token(session, world.accounts["officer"])
    coordinator = world.acting(session, "coordinator")
    marked = [
        mark(session, coordinator, visibility=v) for v in ("own", "authorities", "forum", "public", "forum", "forum")
    ]
    deviations.look_at(session, coordinator, marked[1])
    deviations.answer(session, coordinator, marked[2], reply="Lamporna är bytta")
    deviations.withdraw(session, coordinator, marked[3], reason=Reason.MISTAKE)
    deviations.same_as(session, coordinator, marked[4], marked[5])
    intake.amend(session, coordinator, marked[5], 1, {"text": "Fem lampor är släckta"})
    members.visit(session, coordinator)
    jobs.defer(session, jobs.JobName.MAIL_LINK, world.forum_id, account=str(world.accounts["officer"]))
    session.commit()
    return world


def test_the_history_is_one_line() -> None:
    directory = ScriptDirectory.from_config(config(""))
    assert len(directory.get_heads()) == len(directory.get_bases()) == 1
    assert all(isinstance(script.down_revision, str | None) for script in directory.walk_revisions())
    assert steps() == sorted(steps(), reverse=True)


def test_filled_tables_go_down_step_by_step_to_nothing_and_up_again(
    owner_url: str, superuser: Engine, sessions: sessionmaker[Session]
) -> None:
    bare = objects(superuser)
    migrate(owner_url)
    there = objects(superuser)
    assert len(there - bare) > 100
    with sessions() as session:
        fill(session)
        assert migrated(session)
    for earlier in [*steps()[1:], "base"]:
        migrate_down(owner_url, earlier)
        with superuser.connect() as connection:
            assert list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [earlier] * (
                earlier != "base"
            )
    assert objects(superuser) == bare - JOBS | ALEMBIC
    for later in reversed(steps()):
        migrate(owner_url, later)
    assert objects(superuser) == there
    sessions.kw["bind"].dispose()  # what it knew of the types is from before
    with sessions() as session:
        world = fill(session)
        assert migrated(session)
        coordinator = world.acting(session, "coordinator")
        assert finding.find(session, coordinator, Filter(statuses=tuple(Status))).matched == 6


def test_one_step_down_and_up_keeps_what_the_step_did_not_bring(
    owner_url: str, superuser: Engine, sessions: sessionmaker[Session]
) -> None:
    migrate(owner_url)
    with sessions() as session:
        world = fill(session)
    migrate_down(owner_url, "-1")
    migrate(owner_url)
    with sessions() as session:
        coordinator = world.acting(session, "coordinator")
        assert finding.find(session, coordinator, Filter(statuses=tuple(Status))).matched == 6


def test_the_tables_are_as_the_models_say(owner_url: str, superuser: Engine) -> None:
    migrate(owner_url)
    with superuser.connect() as connection:
        for name, table in ALL.items():
            assert set(connection.scalars(COLUMNS, {"table": name})) == set(table.columns.keys()), name
        tables = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
        without = {
            "alembic_version",
            "spatial_ref_sys",
            "journal",
            "journal_heads",
            "visits",
            "failures",
            "changes",
        }  # written in SQL alone
        assert tables - without == set(ALL)

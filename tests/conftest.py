"""What every test stands on: a throw-away cluster, a fresh database for each module, a session that is rolled back."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from coverage import Coverage
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import journal
from forum.foundation.cluster import PrivateCluster
from forum.foundation.database import APPLICATION_ROLE, make_engine, make_sessions, migrate
from tests.builders import World, build_world
from tests.real import DATA

NUMBERS = itertools.count(1)
SECRET = "a secret of the tests alone"


def without_real_data() -> bool:
    """Tell whether tests on the real files are left out: they are not here, and nobody has asked for all (CI=true)."""
    return not DATA.is_dir() and os.environ.get("CI") != "true"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests on real files where those are absent; no other test is ever left out."""
    if without_real_data():
        left_out = [item for item in items if item.get_closest_marker("realdata")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace the tests of the modules that are traced, and no others: tracing makes a test a third slower."""
    tracing = Coverage.current()
    if tracing is None or traced(item.path, tracing):
        return (yield)
    tracing.stop()
    try:
        return (yield)
    finally:
        tracing.start()


def traced(path: Path, tracing: Coverage) -> bool:
    """Tell whether a file or its folder is named after a module that is traced, as tests are."""
    included = tracing.get_option("run:include")
    if not isinstance(included, list):
        return True  # somebody asks by hand what tests leave out
    modules = {Path(module.removesuffix("/*")).stem for module in included}
    return bool({part.removeprefix("test_") for part in path.with_suffix("").parts} & modules)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say in the last line that tests were left out."""
    if without_real_data() and not hasattr(config, "workerinput"):
        sys.stdout.write("The tests on real data were left out: ../shared/data is not there. CI=true runs them.\n")


@pytest.fixture(scope="session")
def cluster() -> Iterator[PrivateCluster]:
    """Run a cluster without fsync, its database migrated: the template of all others."""
    directory = Path(tempfile.mkdtemp(prefix="trygg-test-", dir="/var/tmp"))
    directory.chmod(0o755)
    try:
        with PrivateCluster(directory / "data", fsync=False) as cluster:
            migrate(cluster.owner_url)
            yield cluster
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def administration(cluster: PrivateCluster) -> Iterator[Engine]:
    """Return an engine for the superuser, who makes and drops databases."""
    url = make_url(cluster.superuser_url).set(database="postgres")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def fresh_database(administration: Engine, template: str = "trygg") -> Iterator[str]:
    """Yield the name of a new copy of the migrated database, or of another, dropped at the end."""
    name = f"t{next(NUMBERS)}"
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} OWNER trygg_owner"))
    yield name
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def database(administration: Engine) -> Iterator[str]:
    """Return the name of the module's own database."""
    yield from fresh_database(administration)


def on(url: str, database: str) -> str:
    """Return the URL with another database's name."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def engine(cluster: PrivateCluster, database: str) -> Iterator[Engine]:
    """Return the application role's engine on the module's database."""
    engine = make_engine(on(cluster.app_url, database))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == APPLICATION_ROLE
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def superuser(cluster: PrivateCluster, database: str) -> Iterator[Engine]:
    """Return the superuser's engine on the module's database, for hands that reach around the program."""
    engine = create_engine(on(cluster.superuser_url, database), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> journal.Keeper:
    """Return the keeper of the module's journals."""
    return journal.Keeper(SECRET, tmp_path_factory.mktemp("anchors"))


@pytest.fixture(scope="module")
def sessions(engine: Engine, keeper: journal.Keeper) -> sessionmaker[Session]:
    """Return the maker of sessions, as the program has it."""
    sessions = make_sessions(engine)
    journal.keep(sessions, keeper)
    return sessions


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Return a session whose work is rolled back after the test."""
    with sessions() as session:
        yield session
        session.rollback()


@pytest.fixture
def world(session: Session) -> World:
    """Return a forum with partners and members, in the session that is rolled back."""
    return build_world(session)


@pytest.fixture(scope="module")
def lasting(sessions: sessionmaker[Session]) -> World:
    """Return a forum with partners and members that stays for the module."""
    with sessions() as session:
        world = build_world(session)
        session.commit()
        return world

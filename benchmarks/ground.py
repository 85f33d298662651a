"""Where a run takes place (mark): a private PostgreSQL with fsync on, a forum in it, and those who ask."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from uuid import UUID

from shapely import box
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.filling import WINDOW, fill
from forum.foundation import journal, rights
from forum.foundation.cluster import PrivateCluster, secret
from forum.foundation.database import make_engine, make_sessions, migrate
from forum.people import accounts, agreements, members, organisations
from forum.people.organisations import Kind
from forum.people.policy import Role
from forum.register import areas, founding

SLUG = "farsta"
READER, KEEPING = "Polisen", "Bostadsbolaget"
PARTNERS = {READER: (Kind.POLICE, True), KEEPING: (Kind.HOUSING, False), "Nattvandrarna": (Kind.CIVIL, False)}


@dataclass(frozen=True)
class Ground:
    """A filled forum: who asks, in whose name the peer asks, and by what the program knows them."""

    forum: UUID
    account: UUID
    member: UUID
    organisation: UUID
    token: str
    browser: str


@contextmanager
def cluster_of_its_own() -> Iterator[PrivateCluster]:
    """Lend a cluster that is new and durable, and gone afterwards; it can be stopped and started meanwhile."""
    directory = Path(tempfile.mkdtemp(prefix="trygg-bench-", dir="/var/tmp"))
    directory.chmod(0o755)
    cluster = PrivateCluster(directory / "data")
    try:
        cluster.start()
        migrate(cluster.owner_url)
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(directory, ignore_errors=True)


def prepare(cluster: PrivateCluster, shown: int) -> Ground:
    """Make the forum, fill it, and give the peers what they stand on."""
    sessions = make_sessions(make_engine(cluster.app_url))
    journal.keep(sessions, journal.Keeper(secret(cluster.data_dir), cluster.data_dir / "anchors"))
    with sessions() as session:
        ground, keeping = build(session)
        session.commit()
    superuser = administrator(cluster)
    fill(superuser, ground.forum, keeping, shown)
    make_room_for_peers(superuser)
    superuser.dispose()
    return ground


def make_room_for_peers(superuser: Engine) -> None:
    """Give the peers what they stand on, and write everything to the disk."""
    with superuser.connect() as connection:
        connection.exec_driver_sql((files("benchmarks") / "peers.sql").read_text("utf-8").replace("%", "%%"))
        connection.execute(text("CHECKPOINT"))


def build(session: Session) -> tuple[Ground, UUID]:
    """Return a new forum with an officer who reads and writes, and the organisation that keeps rows to itself."""
    rights.become(session, rights.OPERATOR)
    areas.import_areas(session, "stadsdelsomrade", [areas.Shape("Farsta", SLUG, box(*WINDOW))])
    forum = founding.found(session, slug=SLUG, name="Farsta trygghetsforum", area_names=["Farsta"])
    partners = {
        name: organisations.add(session, forum.id, name=name, kind=kind, authority=authority).id
        for name, (kind, authority) in PARTNERS.items()
    }
    reader = partners[READER]
    purposes, areas_ = "Gemensam lägesbild", "Hela området"
    agreements.add(
        session, forum.id, organisation_id=reader, purposes=purposes, areas=areas_, valid_from=date(2020, 1, 1)
    )
    account = accounts.account_of(session, email="officer@example.org", name="Officer")
    member = members.add(session, forum.id, account_id=account, organisation_id=reader, role=Role.REPORTER)
    token = accounts.create_token(session, account)
    browser = accounts.start_session(session, account)
    return Ground(forum.id, account, member.id, reader, token, browser), partners[KEEPING]


def administrator(cluster: PrivateCluster) -> Engine:
    """Return an engine for the database's administrator, each statement committed at once."""
    return create_engine(cluster.superuser_url, isolation_level="AUTOCOMMIT")

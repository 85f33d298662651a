"""Putting the demo into a database (bygg demoforumet): areas, ground, organisations, people, deviations.

Everything goes in through the verbs that real data go through, so that every row is checked and stands in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from forum.demo import geography, meetings, pictures, prize, publications, surveys, walks, work
from forum.demo.meetings import Prepare
from forum.demo.partners import Partner, partners, persons
from forum.demo.pictures import Figures
from forum.demo.publications import Publish
from forum.demo.rhythms import Period
from forum.demo.rows import SEED, DemoRow, rows, today_in_sweden
from forum.demo.tables import table
from forum.demo.work import Judge
from forum.foundation import rights
from forum.foundation.errors import Conflict, raise_all
from forum.foundation.language import N_
from forum.people import accounts, agreements, members, organisations
from forum.people.forums import Forum
from forum.people.members import Member
from forum.people.organisations import Kind, Organisation
from forum.people.policy import Role
from forum.register import areas, bulk, deviations, founding, intake
from forum.register.deviations import Deviation, Reason, Status
from forum.register.intake import Notice

SOURCE = "demo"
DISTRICT_CODE = "demo-farsta"
DAY = timedelta(days=1)
Organisations = Mapping[str, Organisation]


@dataclass(frozen=True)
class Summary:
    """What the demo consists of, and how many deviations this call added: none when it was there already."""

    slug: str
    name: str
    organisations: int
    persons: int
    added: int


@dataclass(frozen=True)
class Analyst:
    """What only those who know the map can do for the demo; without one of them that part of it is left out."""

    prepare: Prepare | None = None
    publish: Publish | None = None
    figures: Figures | None = None
    judge: Judge | None = None


def build(session: Session, seed: int = SEED, today: date | None = None, *, by: Analyst | None = None) -> Summary:
    """Make the demo forum, once; refuses to stand beside a real one. The caller commits."""
    before = rights.principal_of(session)
    rights.become(session, rights.OPERATOR)
    _refuse_beside_real(session)
    made = table("organisations")["forum"]
    there = session.scalar(select(exists().where(Forum.slug == made["slug"])))
    added = 0 if there else _build(session, seed, today or today_in_sweden(), by or Analyst())
    rights.become(session, before)
    return Summary(made["slug"], made["name"], len(partners()), len(persons()), added)


def _refuse_beside_real(session: Session) -> None:
    if session.scalar(select(exists().where(Forum.demo.is_(False)))):
        message = N_("Demo forums and real forums never share a database.")
        raise Conflict(message, remedy=N_("Use a data directory of its own."))


def _build(session: Session, seed: int, today: date, by: Analyst) -> int:
    made = table("organisations")["forum"]
    _lay_ground(session)
    forum = founding.found(session, slug=made["slug"], name=made["name"], area_names=[DISTRICT_CODE], demo=True)
    there = _add_partners(session, forum.id, Period(today))
    people = _add_people(session, forum.id, there)
    invented = rows(seed, today)
    own = sorted((row for row in invented if not row.told), key=lambda row: row.organisation)
    for key, reported in groupby(own, key=lambda row: row.organisation):
        reporter = members.system(session, forum.id, forum.slug, forum.name, there[key])
        _register(session, reporter, reported)
    _write_down_for_others(session, forum.slug, there, people, (row for row in invented if row.told))
    _take_up(session, members.acting(session, people["coordinator"], forum.slug), invented)
    working = work.Work(session, forum.slug, people, today)
    work.build(working, there)
    walks.build(working, there)
    surveys.build(working)
    _conclude(working, forum.id, there, by)
    return len(invented)


def _conclude(working: work.Work, forum_id: UUID, there: Organisations, by: Analyst) -> None:
    """Let the forum have met, adopted and published, as far as there is somebody who can count for it."""
    if by.judge is not None:
        work.judged(working, by.judge)
    if by.prepare is not None:
        meetings.build(working, there, by.prepare)
    if by.figures is not None:
        pictures.build(working, by.figures)
    if by.publish is not None:
        publications.build(working, forum_id, by.publish)
    prize.build(working, by.judge)


def _lay_ground(session: Session) -> None:
    whole = areas.Shape(table("borders")["district"]["name"], DISTRICT_CODE, geography.district())
    parts = [areas.Shape(name, None, shape) for name, shape in geography.stadsdelar().items()]
    areas.import_areas(session, "stadsdelsomrade", [whole])
    areas.import_areas(session, "stadsdel", parts)
    drawn = sorted(geography.ground(), key=lambda thing: thing[0])
    for kind, things in groupby(drawn, key=lambda thing: thing[0]):
        areas.import_ground(session, kind, [areas.Shape(name, None, shape) for _, name, shape in things])


def _add_partners(session: Session, forum_id: UUID, period: Period) -> dict[str, Organisation]:
    there: dict[str, Organisation] = {}
    for partner in partners().values():
        there[partner.key] = organisations.add(
            session,
            forum_id,
            name=partner.name,
            kind=Kind(partner.kind),
            authority=partner.authority,
            parent_id=there[partner.parent].id if partner.parent else None,
        )
        if partner.agreement:
            _agree(session, forum_id, there[partner.key], partner, period)
    return there


def _agree(session: Session, forum_id: UUID, organisation: Organisation, partner: Partner, period: Period) -> None:
    words = table("organisations")["forum"]
    agreements.add(
        session,
        forum_id,
        organisation_id=organisation.id,
        purposes=words["purposes"],
        areas=words["areas"],
        valid_from=period.joined(partner.since),
        valid_to=period.today - 30 * DAY if partner.agreement == "ended" else None,
    )


def _add_people(session: Session, forum_id: UUID, there: Organisations) -> dict[str, UUID]:
    people = {}
    for person in persons():
        account = accounts.account_of(session, email=person.email, name=person.name)
        where, role = there[person.organisation].id, Role(person.role)
        members.add(session, forum_id, account_id=account, organisation_id=where, role=role)
        people[person.key] = account
    return people


def _register(session: Session, reporter: Member, reported: Iterable[DemoRow]) -> None:
    taken = [
        bulk.Row(row.ref, _notice(row), status=Status(row.status), reply=row.reply, registered_at=row.registered_at)
        for row in reported
    ]
    outcome = bulk.register_many(session, reporter, taken, source=SOURCE)
    raise_all([problem for settled in outcome.settled for problem in settled.problems])


def _notice(row: DemoRow, on_behalf_of: UUID | None = None) -> Notice:
    return Notice(
        lon=row.lon,
        lat=row.lat,
        accuracy_m=row.accuracy_m,
        occurred_from=row.occurred_from,
        occurred_to=row.occurred_to,
        category=row.category,
        text=row.text,
        visibility=row.visibility,
        answers=row.answers,
        on_behalf_of=on_behalf_of,
    )


def _write_down_for_others(
    session: Session, slug: str, there: Organisations, people: Mapping[str, UUID], told: Iterable[DemoRow]
) -> None:
    writers = {person.organisation: people[person.key] for person in reversed(persons())}
    for row in told:
        writer = members.acting(session, writers[row.registered_by], slug)
        notice = _notice(row, on_behalf_of=there[row.organisation].id)
        intake.register(session, writer, client_id=uuid4(), notice=notice)


def _take_up(session: Session, coordinator: Member, invented: Iterable[DemoRow]) -> None:
    wanted = [row for row in invented if row.same_as or row.withdrawn]
    refs = {ref for row in wanted for ref in (row.ref, row.same_as) if ref}
    query = select(Deviation).where(Deviation.source == SOURCE, Deviation.source_ref.in_(refs))
    found = {deviation.source_ref: deviation for deviation in session.scalars(query)}
    for row in wanted:
        if row.same_as:
            deviations.same_as(session, coordinator, found[row.ref], found[row.same_as])
        else:
            deviations.withdraw(session, coordinator, found[row.ref], reason=Reason.MISTAKE)

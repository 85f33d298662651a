"""What may come into the register (intag): each value checked, one deviation at a time or a file's rows at once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forum.foundation import clock, journal
from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Invalid, NotFound, raise_all
from forum.foundation.geometry import coordinate, degrees_around, metres_between, point
from forum.foundation.language import N_
from forum.foundation.plain import number, storable
from forum.people import agreements
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, require
from forum.register import areas, categories
from forum.register.categories import Category
from forum.register.deviations import (
    LIVE,
    Deviation,
    Registered,
    Status,
    append_history,
    change,
    checked_text,
    entry,
    lock,
    require_next,
    visible_to,
)
from forum.register.finding import Found, by_key, rows_where

SLACK = timedelta(minutes=5)
"""How far ahead of ours a phone's clock may go."""
LONGEST = timedelta(days=366)
MOST_ACCURACY_M = 5000.0
LARGEST_ANSWER = 2**53
"""Numbers up to here are the same in every program that reads JSON."""
DAY = re.compile(r"\d{4}-?(\d{2}-?\d{2}|W\d{2}(-?\d)?)", re.ASCII)
"""A date without a time, in the forms of ISO 8601."""
ALIKE = 5
"""How many candidates are shown for "the same again?"."""


@dataclass(frozen=True)
class Notice:
    """What somebody wants to register, as they said it."""

    lon: Any
    lat: Any
    accuracy_m: Any
    occurred_from: str | datetime
    category: str
    occurred_to: str | datetime | None = None
    text: str = ""
    visibility: str = Visibility.FORUM
    answers: Mapping[str, Any] = field(default_factory=dict)
    on_behalf_of: UUID | None = None


class Reporter(NamedTuple):
    """The organisation whose a deviation is to be, and whether it is an authority."""

    id: UUID
    authority: bool


@dataclass(frozen=True)
class Checked:
    """A notice whose every value can be taken."""

    lon: float
    lat: float
    accuracy_m: float
    occurred_from: datetime
    occurred_to: datetime
    category: str
    text: str
    visibility: str
    answers: dict[str, Any]

    def digest(self, on_behalf_of: UUID | None) -> bytes:
        """Return what tells two requests with the same id apart."""
        fields = {k: str(v) if k.startswith("occurred") else v for k, v in vars(self).items()}
        return hashlib.sha256(journal.canonical({**fields, "on_behalf_of": str(on_behalf_of)})).digest()


def register(
    session: Session, member: Member, *, client_id: UUID, notice: Notice, today: date | None = None
) -> Registered:
    """Register a deviation; the same id with the same content again gives the one that is there."""
    require(member, Action.DEVIATION_REGISTER)
    agreements.require_in_force(session, member)
    reporter = _reporter(session, member, notice)
    checked = checked_notice(notice, reporter, member)
    request = checked.digest(notice.on_behalf_of)
    if (earlier := _sent_before(session, member, client_id)) is not None:
        return _again(earlier, request, client_id)
    areas.require_inside(session, member.forum_id, checked.lon, checked.lat, today or agreements.today())
    category = categories.in_use(session, member.forum_id, checked.category)
    answers = categories.checked_answers(category, checked.answers)
    values = _row(member, reporter.id, checked, category.id) | {"answers": answers}
    deviation = _insert(session, values | {"client_id": client_id, "request_digest": request})
    if deviation is None:
        return _raced(session, member, client_id, request)
    append_history(session, member, deviation, "register", changes={}, visibility=deviation.visibility)
    facts = {"category": category.code, "on_behalf": deviation.on_behalf}
    journal.write(session, member, entry("register", deviation, **facts))
    return Registered(deviation, created=True)


def amend(
    session: Session, member: Member, deviation: Deviation, version: int | None, changes: Mapping[str, Any]
) -> Deviation:
    """Change what a deviation says; its history keeps what it said before."""
    require(member, Action.DEVIATION_AMEND, of=deviation)
    agreements.require_in_force(session, member)
    lock(session, deviation, version)
    if Status(deviation.status) is Status.WITHDRAWN:
        require_next(deviation, Status.LOOKED_AT)
    known = categories.all_of(session, member.forum_id, retired=True)
    notice = _amended(deviation, known, changes)
    owner = session.get_one(Organisation, deviation.organisation_id)
    reporter = Reporter(owner.id, owner.authority)
    checked = checked_notice(notice, reporter, member, was=Visibility(deviation.visibility))
    if Visibility(checked.visibility).wider_than(Visibility(deviation.visibility)):
        require(member, Action.DEVIATION_WIDEN, of=deviation)
    if (checked.lon, checked.lat) != deviation.position:
        areas.require_inside(session, member.forum_id, checked.lon, checked.lat, agreements.today())
    usable = [c for c in known if c.active or c.id == deviation.category_id]
    category = categories.of_code(usable, checked.category)
    answers = categories.checked_answers(category, checked.answers)
    new = _values(checked) | {"category_id": category.id, "answers": answers}
    if (checked.lon, checked.lat) == deviation.position:
        del new["geom"]
    different = {name: value for name, value in new.items() if getattr(deviation, name) != value}
    return change(session, member, deviation, "amend", different) if different else deviation


def alike(
    session: Session, member: Member, *, lon: float, lat: float, category: str, occurred_from: datetime
) -> list[Found]:
    """Return live deviations of the same group within the category's radius and hours, the nearest first."""
    require(member, Action.DEVIATION_READ)
    occurred_from = _started(occurred_from)
    known = categories.all_of(session, member.forum_id)
    chosen = categories.of_code(known, category)
    group = [c.id for c in known if c.group_id == chosen.group_id]
    hours, here = timedelta(hours=chosen.hours), (lon, lat)
    conditions = [
        visible_to(member),
        by_key(degrees_around(lon, lat, chosen.radius_m)),
        Deviation.category_id.in_(group),
        Deviation.status.in_(LIVE),
        Deviation.occurred_from.between(occurred_from - hours, occurred_from + hours),
    ]
    near = [(metres_between(d.position, here), d) for d in rows_where(session, conditions)]
    return [d for metres, d in sorted(near, key=lambda pair: pair[0]) if metres <= chosen.radius_m][:ALIKE]


def checked_notice(
    notice: Notice, reporter: Reporter | None, member: Member, *, was: Visibility | None = None
) -> Checked:
    """Return the notice with every value checked; all that is wrong is said at once."""
    problems: list[Invalid] = []

    def take(step: Callable[[], Any]) -> Any:
        try:
            return step()
        except Invalid as error:
            problems.extend(error.problems)
            return None

    lon, lat = take(lambda: coordinate(notice.lon, "lon")), take(lambda: coordinate(notice.lat, "lat"))
    accuracy = take(lambda: _accuracy(notice.accuracy_m))
    start = take(lambda: _started(notice.occurred_from))
    end = take(lambda: _ended(notice.occurred_to, start)) if start is not None else None
    code = take(lambda: storable(notice.category, "category"))
    words = take(lambda: checked_text(notice.text, "text"))
    visibility = take(lambda: _visibility(notice, reporter, member, was))
    answers = take(lambda: _answers(notice.answers))
    raise_all(problems)
    assert end is not None  # what could not be taken has been raised
    return Checked(lon, lat, accuracy, start, end, code, words, visibility, answers)


def _answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers that can be written down; whether the category asks for them is seen to later."""
    for code, given in answers.items():
        if isinstance(given, str):
            storable(given, f"answers.{code}")
        elif not isinstance(given, bool) and not (isinstance(given, int) and abs(given) < LARGEST_ANSWER):
            message, remedy = N_("This is no answer."), N_("Give true or false, a whole number or a text.")
            raise Invalid(message, field=f"answers.{code}", value=given, remedy=remedy)
    return {storable(code, "answers"): given for code, given in answers.items()}


def _accuracy(value: Any) -> float:
    remedy = N_("Give how far off the point may be, in metres, from 1 to %(most)s.")
    metres = number(value)
    if not 1 <= metres <= MOST_ACCURACY_M:
        message = N_("The point needs an accuracy in metres.")
        raise Invalid(message, field="accuracy_m", value=value, remedy=remedy, most=int(MOST_ACCURACY_M))
    return metres


def _moment(value: str | datetime, name: str) -> datetime:
    """Return the moment; a bare date is refused, for it would say midnight where nobody knew the hour."""
    if isinstance(value, str) and DAY.fullmatch(value.strip()):
        remedy = N_("Write it as 2023-10-26T18:30. If you know only the day, give its first and its last moment.")
        raise Invalid(N_("The time of day is missing."), field=name, value=value, remedy=remedy)
    return clock.to_utc(value, name)


def _started(value: str | datetime) -> datetime:
    moment = _moment(value, "occurred_from")
    if moment < clock.EARLIEST:
        remedy = N_("Check the year.")
        raise Invalid(N_("This is too long ago for the register."), field="occurred_from", value=value, remedy=remedy)
    return _not_future(moment, "occurred_from", value)


def _ended(value: str | datetime | None, start: datetime) -> datetime:
    if value is None:
        return start
    end = _not_future(_moment(value, "occurred_to"), "occurred_to", value)
    if end < start:
        remedy = N_("Let it end after it began.")
        raise Invalid(N_("It ends before it begins."), field="occurred_to", value=value, remedy=remedy)
    if end - start > LONGEST:
        remedy = N_("Give an interval of at most a year.")
        raise Invalid(N_("The interval is too long."), field="occurred_to", value=value, remedy=remedy)
    return end


def _not_future(moment: datetime, name: str, value: str | datetime) -> datetime:
    if moment > clock.now() + SLACK:
        remedy = N_("A deviation is something that has been noticed: choose a time that has passed.")
        raise Invalid(N_("This time has not come yet."), field=name, value=value, remedy=remedy)
    return moment


def _visibility(notice: Notice, reporter: Reporter | None, member: Member, was: Visibility | None) -> str:
    try:
        wanted = Visibility(notice.visibility)
    except ValueError as error:
        remedy = N_("Choose own, authorities, forum or public.")
        message = N_("There is no such visibility.")
        raise Invalid(message, field="visibility", value=notice.visibility, remedy=remedy) from error
    if wanted is was or reporter is None:
        return wanted.value
    if wanted is Visibility.AUTHORITIES and not (member.authority and reporter.authority):
        message = N_("Only members of authorities can choose this visibility.")
        raise Invalid(message, field="visibility", value=wanted, remedy=N_("Choose own, forum or public."))
    if wanted is Visibility.OWN and reporter.id != member.organisation_id:
        message = N_("What is registered for another organisation cannot be for that organisation alone.")
        raise Invalid(message, field="visibility", value=wanted, remedy=N_("Choose forum or public."))
    return wanted.value


def _reporter(session: Session, member: Member, notice: Notice) -> Reporter:
    if notice.on_behalf_of in (None, member.organisation_id):
        assert member.organisation_id is not None  # whoever may register has one
        return Reporter(member.organisation_id, member.authority)
    require(member, Action.DEVIATION_REGISTER_ON_BEHALF)
    chosen = (Organisation.id == notice.on_behalf_of, Organisation.forum_id == member.forum_id)
    found = session.execute(select(Organisation.id, Organisation.authority).where(*chosen)).first()
    if found is None:
        remedy = N_("Choose one of the forum's organisations.")
        raise NotFound(field="on_behalf_of", value=notice.on_behalf_of, remedy=remedy)
    return Reporter(*found)


def _sent_before(session: Session, member: Member, client_id: UUID) -> Deviation | None:
    sent = (Deviation.registered_by_id == member.organisation_id, Deviation.client_id == client_id)
    found = session.connection().execute(select(Deviation.id).where(visible_to(member), *sent)).scalar()
    return None if found is None else session.get_one(Deviation, found)


def _again(earlier: Deviation, request: bytes, client_id: UUID) -> Registered:
    if bytes(earlier.request_digest) != request:
        message = N_("Another deviation was registered with this id.")
        raise Conflict(message, field="id", value=client_id, remedy=N_("Send a new one with a new id."))
    return Registered(earlier, created=False)


def _raced(session: Session, member: Member, client_id: UUID, request: bytes) -> Registered:
    earlier = _sent_before(session, member, client_id)
    if earlier is None:
        message = N_("Another deviation was registered with this id.")
        raise Conflict(message, field="id", value=client_id, remedy=N_("Send a new one with a new id."))
    return _again(earlier, request, client_id)


NEW = (
    *("id", "forum_id", "organisation_id", "registered_by_id", "client_id", "category_id", "request_digest", "salt"),
    *("geom", "accuracy_m", "occurred_from", "occurred_to", "text", "answers", "visibility"),
)
INSERT = (
    insert(Deviation)
    .values({name: bindparam(f"new_{name}") for name in NEW} | {"nr": select(func.unused_numbers(1)).scalar_subquery()})
    .on_conflict_do_nothing(index_elements=["forum_id", "registered_by_id", "client_id"])
    .returning(Deviation)
    .execution_options(dml_strategy="orm")
)
"""Made once: to put it together took longer than to carry it out."""


def _insert(session: Session, values: Mapping[str, Any]) -> Deviation | None:
    return session.scalars(INSERT, {f"new_{name}": values[name] for name in NEW}).first()


def _row(member: Member, organisation_id: UUID, checked: Checked, category_id: UUID) -> dict[str, Any]:
    return _values(checked) | {
        "id": uuid4(),
        "salt": secrets.token_bytes(16),
        "forum_id": member.forum_id,
        "organisation_id": organisation_id,
        "registered_by_id": member.organisation_id,
        "category_id": category_id,
    }


def _values(checked: Checked) -> dict[str, Any]:
    plain = ("accuracy_m", "occurred_from", "occurred_to", "text", "visibility")
    return {name: getattr(checked, name) for name in plain} | {"geom": point(checked.lon, checked.lat)}


AMENDABLE = (
    "lon",
    "lat",
    "accuracy_m",
    "occurred_from",
    "occurred_to",
    "category",
    "text",
    "visibility",
    "answers",
)


def _amended(deviation: Deviation, known: list[Category], changes: Mapping[str, Any]) -> Notice:
    lon, lat = deviation.position
    code = next((c.code for c in known if c.id == deviation.category_id), "")
    new_category = changes.get("category", code) != code
    present: dict[str, Any] = {
        "lon": lon,
        "lat": lat,
        "accuracy_m": deviation.accuracy_m,
        "occurred_from": deviation.occurred_from,
        "occurred_to": deviation.occurred_to,
        "category": code,
        "text": deviation.text,
        "visibility": deviation.visibility,
        "answers": {} if new_category else deviation.answers,
    }
    if "occurred_from" in changes and "occurred_to" not in changes:
        present["occurred_to"] = None
    return Notice(**(present | {k: v for k, v in changes.items() if k in AMENDABLE}))

"""Deviations (avvikelser): anything noticed, with place, date and time.

The table, its states, and the verbs that change one deviation. Finding them stands in `finding.py`, what may be
registered in `intake.py`.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, ColumnElement, Computed, FetchedValue, and_, func, insert, or_, select, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Visibility
from forum.foundation.database import Base, Moment, one_of
from forum.foundation.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from forum.foundation.geometry import WGS84, lon_lat
from forum.foundation.language import N_
from forum.foundation.plain import storable
from forum.foundation.screening import check
from forum.people import agreements
from forum.people.members import Member
from forum.people.policy import Action, may, require

UNDO = timedelta(minutes=10)
SCRUB = text("SELECT scrub_history(:id)")


class Status(StrEnum):
    """How far the forum has come with a deviation."""

    NEW = "new"
    LOOKED_AT = "looked_at"
    AT_PLACE = "at_place"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    SAME_AS = "same_as"


NEXT: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset(Status) - {Status.NEW},
    Status.LOOKED_AT: frozenset({Status.AT_PLACE, Status.ANSWERED, Status.WITHDRAWN, Status.SAME_AS}),
    Status.AT_PLACE: frozenset({Status.LOOKED_AT, Status.ANSWERED, Status.WITHDRAWN, Status.SAME_AS}),
    Status.ANSWERED: frozenset({Status.LOOKED_AT, Status.AT_PLACE, Status.ANSWERED, Status.WITHDRAWN}),
    Status.SAME_AS: frozenset({Status.LOOKED_AT, Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset(),
}
LIVE = frozenset(Status) - {Status.WITHDRAWN, Status.SAME_AS}
"""What lists, maps and counts show unless they are asked for more."""


TEXT_LENGTH = 2000


def checked_text(words: str, field: str, most: int = TEXT_LENGTH) -> str:
    """Return free text without space around it; refuses what is too long and what points at a person."""
    words = storable(words, field).strip()
    if len(words) > most:
        remedy = N_("Write at most %(most)s characters.")
        raise Invalid(N_("The text is too long."), field=field, value=f"{len(words)}", remedy=remedy, most=most)
    check(**{field: words})
    return words


class Deviation(Base):
    """One thing noticed; `organisation_id` is whose it is, `registered_by_id` who wrote it down."""

    __tablename__ = "deviations"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    nr: Mapped[int]
    organisation_id: Mapped[UUID]
    registered_by_id: Mapped[UUID]
    client_id: Mapped[UUID]
    request_digest: Mapped[bytes]
    category_id: Mapped[UUID]
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=WGS84, spatial_index=False))
    morton: Mapped[int] = mapped_column(BigInteger, Computed("morton_key(ST_X(geom), ST_Y(geom))", persisted=True))
    accuracy_m: Mapped[float]
    occurred_from: Mapped[datetime] = mapped_column(Moment)
    occurred_to: Mapped[datetime] = mapped_column(Moment)
    text: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    answers: Mapped[dict[str, Any]] = mapped_column(server_default="{}", info={"free_text": True})
    reply: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    visibility: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="new")
    same_as_id: Mapped[UUID | None]
    source: Mapped[str | None] = mapped_column(info={"free_text": True})
    source_ref: Mapped[str | None] = mapped_column(info={"free_text": True})
    version: Mapped[int] = mapped_column(server_default="1")
    salt: Mapped[bytes] = mapped_column(FetchedValue())
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed("searchable(text || ' . ' || reply)", persisted=True), deferred=True
    )

    @property
    def position(self) -> tuple[float, float]:
        """Return longitude and latitude."""
        return lon_lat(self.geom)

    @property
    def on_behalf(self) -> bool:
        """Tell whether another organisation wrote it down."""
        return self.organisation_id != self.registered_by_id


class History(Base):
    """One thing that was done to a deviation; appended, never edited."""

    __tablename__ = "deviation_history"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    deviation_id: Mapped[UUID]
    version: Mapped[int]
    action: Mapped[str]
    organisation_id: Mapped[UUID | None]
    visibility: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    changes: Mapped[dict[str, Any]] = mapped_column(server_default="{}", info={"free_text": True})


@dataclass(frozen=True)
class Registered:
    """What came of registering: the deviation, and whether it was new."""

    deviation: Deviation
    created: bool


def visible_to(member: Member) -> ColumnElement[bool]:
    """Return the condition under which the member sees a deviation; every read starts from it.

    The row policies of the database say the same once more: a read that forgets it shows nothing either.
    """
    return _visible(member.forum_id, member.visibilities, member.organisation_id)


@lru_cache(1000)
def _visible(forum_id: UUID, visibilities: tuple[Visibility, ...], organisation_id: UUID | None) -> ColumnElement[bool]:
    own = and_(Deviation.visibility == Visibility.OWN, Deviation.organisation_id == organisation_id)
    return and_(Deviation.forum_id == forum_id, or_(one_of(Deviation.visibility, visibilities), own))


IDS = ("id", "forum_id", "organisation_id", "registered_by_id", "client_id", "category_id", "same_as_id")
PLAIN = ("nr", "accuracy_m", "text", "answers", "reply", "visibility", "status", "source", "source_ref", "version")
MOMENTS = ("occurred_from", "occurred_to", "created_at", "changed_at")
WRITTEN = (*IDS, *PLAIN, *MOMENTS, "request_digest", "salt")
"""The columns of which the journal keeps a digest, but for the place."""


def state(deviation: Deviation) -> dict[str, Any]:
    """Return what the journal's digest covers of a deviation."""
    return state_of({name: getattr(deviation, name) for name in WRITTEN}, deviation.position)


def state_of(values: Mapping[str, Any], position: tuple[float, float]) -> dict[str, Any]:
    """Return what the journal's digest covers of the values of a row."""
    started, ended, created, changed = (clock.stamp(values[name]) for name in MOMENTS)
    return {
        **{name: str(values[name]) if values[name] else None for name in IDS},
        **{name: values[name] for name in PLAIN},
        "lon": position[0],
        "lat": position[1],
        "occurred": [started, ended],
        "written": [created, changed],
        "request": bytes(values["request_digest"]).hex(),
    }


def entry(action: str, deviation: Deviation, **facts: Any) -> journal.Entry:
    """Return the journal's entry for something done to a deviation."""
    values = {name: getattr(deviation, name) for name in WRITTEN}
    return entry_of(action, values, deviation.position, **facts)


def entry_of(action: str, values: Mapping[str, Any], position: tuple[float, float], **facts: Any) -> journal.Entry:
    """Return the journal's entry for something done to a row with these values."""
    digest = journal.digest_of(bytes(values["salt"]), state_of(values, position))
    facts = {"nr": values["nr"], "version": values["version"], **facts}
    return journal.Entry(f"deviation:{action}", "deviation", values["id"], facts, digest)


def get(session: Session, member: Member, reference: UUID | int) -> Deviation:
    """Return the deviation of that id or number, or of the id that the member's own organisation gave it."""
    require(member, Action.DEVIATION_READ)
    query = select(Deviation).where(visible_to(member))
    if isinstance(reference, int):
        found = session.scalar(query.where(Deviation.nr == reference))
    else:
        ours = (Deviation.registered_by_id == member.organisation_id) & (Deviation.client_id == reference)
        found = session.scalar(query.where((Deviation.id == reference) | ours))
    if found is None:
        raise NotFound
    return found


def read(session: Session, member: Member, reference: UUID | int) -> Deviation:
    """Return the deviation for its page; that a restricted one was read is noted in the journal."""
    deviation = get(session, member, reference)
    if deviation.visibility in (Visibility.OWN, Visibility.AUTHORITIES):
        facts = {"nr": deviation.nr}
        journal.write(session, member, journal.Entry("read:deviation", "deviation", deviation.id, facts))
    return deviation


def history_of(session: Session, member: Member, deviation: Deviation) -> list[History]:
    """Return what was done to the deviation, as far as the member might have seen it then, the oldest first."""
    query = select(History).where(History.deviation_id == deviation.id)
    if deviation.organisation_id != member.organisation_id:
        query = query.where(History.visibility.in_(member.visibilities))
    return list(session.scalars(query.order_by(History.version)))


def change(
    session: Session, member: Member, deviation: Deviation, action: str, new: Mapping[str, Any], **facts: Any
) -> Deviation:
    """Carry out a change: a new version, a line of history with the values before and after, a line in the journal."""
    changes = {name: [_plain(getattr(deviation, name)), _plain(value)] for name, value in new.items()}
    visibility = min((deviation.visibility, new.get("visibility", deviation.visibility)), key=list(Visibility).index)
    for name, value in new.items():
        setattr(deviation, name, value)
    deviation.version += 1
    deviation.changed_at = clock.now()
    append_history(session, member, deviation, action, changes=changes, visibility=visibility)
    session.flush()
    journal.write(session, member, entry(action, deviation, changed=sorted(new), **facts))
    return deviation


def append_history(
    session: Session, member: Member, deviation: Deviation, action: str, *, changes: dict[str, Any], visibility: str
) -> None:
    """Append a line to the deviation's history."""
    line = {
        "forum_id": deviation.forum_id,
        "deviation_id": deviation.id,
        "version": deviation.version,
        "action": action,
        "organisation_id": member.organisation_id,
        "visibility": visibility,
        "changes": changes,
    }
    session.connection().execute(insert(History).inline(), line)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.stamp(value)
    if isinstance(value, UUID):
        return str(value)
    return list(lon_lat(value)) if hasattr(value, "desc") else value


def lock(session: Session, deviation: Deviation, version: int | None) -> None:
    """Hold the row for a change; refuses when it was changed since the version that the editor saw."""
    held = select(Deviation).where(Deviation.id == deviation.id).with_for_update()
    if session.scalar(held.execution_options(populate_existing=True)) is None:  # it was hidden from us meanwhile
        raise NotFound
    if version is not None and deviation.version != version:
        message = N_("Somebody else changed this deviation meanwhile.")
        remedy = N_("Look at the newer state and make your change again.")
        raise Stale(message, field="version", value=version, remedy=remedy, current={"version": deviation.version})


def require_next(deviation: Deviation, status: Status) -> None:
    """Refuse a step that does not follow from the deviation's status."""
    if status not in NEXT[Status(deviation.status)]:
        message = N_("This cannot be done with a deviation that is %(status)s.")
        words = STATUS_WORDS[Status(deviation.status)]
        raise Conflict(message, field="status", remedy=N_("Look at its history."), status=words)


STATUS_WORDS = {
    Status.NEW: N_("new"),
    Status.LOOKED_AT: N_("looked at"),
    Status.AT_PLACE: N_("at a place"),
    Status.ANSWERED: N_("answered"),
    Status.WITHDRAWN: N_("withdrawn"),
    Status.SAME_AS: N_("same as another"),
}


class Reason(StrEnum):
    """Why a deviation is withdrawn; a closed list, so that no words about persons come in."""

    UNDONE = "undone"
    MISTAKE = "mistake"
    WRONG_PLACE = "wrong_place"
    PERSON = "person"
    OTHER = "other"


def withdraw(
    session: Session, member: Member, deviation: Deviation, *, reason: Reason, version: int | None = None
) -> Deviation:
    """Withdraw a deviation: its words go, a tombstone of place, time and category stays."""
    require(member, Action.DEVIATION_WITHDRAW, of=deviation)
    return _bury(session, member, deviation, reason, version)


def may_undo(member: Member, deviation: Deviation) -> bool:
    """Tell whether the member's organisation registered it less than ten minutes ago."""
    ours = may(member, Action.DEVIATION_REGISTER) and deviation.registered_by_id == member.organisation_id
    fresh = clock.now() - deviation.created_at <= UNDO
    return ours and fresh and Status(deviation.status) is not Status.WITHDRAWN


def undo(session: Session, member: Member, deviation: Deviation) -> Deviation:
    """Take back a deviation within ten minutes of registering it."""
    require(member, Action.DEVIATION_REGISTER)
    if deviation.registered_by_id != member.organisation_id:
        raise Forbidden(N_("Only the organisation that registered it can undo it."), remedy=N_("Withdraw it instead."))
    if clock.now() - deviation.created_at > UNDO:
        message = N_("The ten minutes in which it can be undone are over.")
        raise Conflict(message, remedy=N_("Withdraw it instead."))
    return _bury(session, member, deviation, Reason.UNDONE, None)


def _bury(session: Session, member: Member, deviation: Deviation, reason: Reason, version: int | None) -> Deviation:
    agreements.require_in_force(session, member)
    lock(session, deviation, version)
    require_next(deviation, Status.WITHDRAWN)
    gone: dict[str, Any] = {
        "status": Status.WITHDRAWN.value,
        "text": "",
        "answers": {},
        "reply": "",
        "same_as_id": None,
    }
    change(session, member, deviation, "withdraw", gone, reason=reason.value)
    session.execute(SCRUB, {"id": deviation.id})
    return deviation


def same_as(
    session: Session, member: Member, deviation: Deviation, other: Deviation, version: int | None = None
) -> Deviation:
    """Say that the deviation is the same as another; the other one goes on."""
    require(member, Action.DEVIATION_SAME_AS, of=deviation)
    agreements.require_in_force(session, member)
    if other.id == deviation.id:
        message = N_("A deviation cannot be the same as itself.")
        raise Invalid(message, field="same_as", value=other.nr, remedy=N_("Choose another one."))
    for held in sorted((deviation, other), key=lambda d: d.id):  # in one order, so that two who mean each other wait
        lock(session, held, version if held is deviation else None)
    if Status(other.status) not in LIVE:
        message = N_("The other deviation is withdrawn, or itself the same as another.")
        raise Conflict(message, field="same_as", value=other.nr, remedy=N_("Choose the one that goes on."))
    if Visibility(deviation.visibility).wider_than(Visibility(other.visibility)):  # it would be gone for some readers
        message = N_("Fewer people may see the other deviation than this one.")
        remedy = N_("Say it the other way round: that the other one is the same as this.")
        raise Conflict(message, field="same_as", value=other.nr, remedy=remedy)
    require_next(deviation, Status.SAME_AS)
    new = {"status": Status.SAME_AS.value, "same_as_id": other.id}
    return change(session, member, deviation, "same_as", new, other=str(other.id))


def look_at(session: Session, member: Member, deviation: Deviation, version: int | None = None) -> Deviation:
    """Note that the forum has looked at the deviation; also takes back a wrong same-as."""
    require(member, Action.DEVIATION_LOOK_AT, of=deviation)
    agreements.require_in_force(session, member)
    lock(session, deviation, version)
    require_next(deviation, Status.LOOKED_AT)
    return change(session, member, deviation, "look_at", {"status": Status.LOOKED_AT.value, "same_as_id": None})


def answer(
    session: Session, member: Member, deviation: Deviation, *, reply: str, version: int | None = None
) -> Deviation:
    """Answer the reporter in a sentence: what came of it."""
    require(member, Action.DEVIATION_ANSWER, of=deviation)
    agreements.require_in_force(session, member)
    words = checked_text(reply, "reply")
    if not words:
        raise Invalid(N_("The answer is empty."), field="reply", remedy=N_("Write what came of it, in a sentence."))
    lock(session, deviation, version)
    require_next(deviation, Status.ANSWERED)
    return change(session, member, deviation, "answer", {"status": Status.ANSWERED.value, "reply": words})


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every deviation that the session may see with its digest as it stands, for the journal's verifier."""
    every = select(Deviation).order_by(Deviation.id).execution_options(yield_per=2000)
    with session.scalars(every) as found:
        for deviation in found:
            yield deviation.id, journal.digest_of(bytes(deviation.salt), state(deviation))

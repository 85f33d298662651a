"""Many rows at once (massintag): what an import and the demo bring in, each row checked like a single one.

A row that screening stops goes to the quarantine, which only its organisation and the coordinator see. A row whose
source_ref is in the register already is known and not taken again.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import orjson
from shapely import intersects_xy, prepare
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from forum.foundation import clock, journal, rights
from forum.foundation.errors import Invalid
from forum.foundation.geometry import points
from forum.foundation.language import N_
from forum.foundation.many import insert_many
from forum.foundation.screening import PersonFound
from forum.people import agreements, members
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, require
from forum.register import areas, categories
from forum.register.deviations import Deviation, History, Status, checked_text, entry_of
from forum.register.intake import Checked, Notice, Reporter, checked_notice
from forum.register.quarantine import Quarantined, take_out

CHUNK = 2_000
TAKEN_OVER = frozenset({Status.NEW, Status.LOOKED_AT, Status.ANSWERED})
"""How far the source may have come with a row."""
RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
"""A random UUID, as our own exports give rows an id: its digits say nothing, though they may look like a number."""
BROUGHT_BY = "brought_by"
"""Where a quarantined row says which organisation brought it on behalf of its own."""
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
"""Two imports from one source wait for each other, or both would find the same rows missing."""
KNOWN = text(  # a probe of the index for each row, whatever the planner thinks of a table that grows as it is asked
    "SELECT given.source, given.ref FROM unnest(cast(:sources AS text[]), cast(:refs AS text[])) AS given(source, ref) "
    "CROSS JOIN LATERAL ("
    "(SELECT 1 FROM deviations WHERE forum_id = :forum AND source = given.source AND source_ref = given.ref LIMIT 1) "
    "UNION ALL "
    "(SELECT 1 FROM quarantine WHERE forum_id = :forum AND source = given.source AND source_ref = given.ref LIMIT 1)) "
    "AS there"
)


@dataclass(frozen=True)
class Row:
    """One row of a file: what was noticed, and the id by which the source knows it."""

    source_ref: str
    notice: Notice
    line: int = 0
    status: Status = Status.NEW
    reply: str = ""
    registered_at: datetime | None = None
    """When the source had it; None for now."""
    source: str = ""
    """Where this row comes from, if not from the source of the whole import."""


@dataclass(frozen=True)
class Settled:
    """What became of one row: added, known, quarantined or refused with the reasons."""

    row: Row
    outcome: str
    problems: Sequence[Invalid] = ()
    nr: int | None = None


@dataclass
class Outcome:
    """What became of all rows."""

    settled: list[Settled] = field(default_factory=list)

    def of(self, outcome: str) -> list[Settled]:
        """Return the rows with that outcome."""
        return [s for s in self.settled if s.outcome == outcome]


def register_many(
    session: Session,
    member: Member,
    rows: Iterable[Row],
    *,
    source: str,
    partner: Organisation | None = None,
) -> Outcome:
    """Register the rows for the member's organisation, or on behalf of a partner; refused ones are told, not taken."""
    require(member, Action.DEVIATION_IMPORT)
    agreements.require_in_force(session, member)
    if partner is not None and partner.id != member.organisation_id:
        require(member, Action.DEVIATION_REGISTER_ON_BEHALF)
        agreements.require_partner(session, partner)
    intake, outcome, waiting = _Intake(session, member, source, partner), Outcome(), iter(rows)
    while chunk := list(islice(waiting, CHUNK)):
        outcome.settled += intake.take(chunk)
    counts = {name: len(outcome.of(name)) for name in ("added", "known", "quarantined", "refused")}
    intake.close()
    facts = {"source_digest": hashlib.sha256(source.encode()).hexdigest()[:16], **intake.behalf, **counts}
    journal.write(session, member, journal.Entry("deviation:import", "deviations", None, facts))
    return outcome


def release(session: Session, member: Member, held: Quarantined, words: str) -> int:
    """Register a quarantined row with other words, as whoever brought it would have; return its number."""
    require(member, Action.QUARANTINE_MANAGE, of=held)
    organisation = session.get_one(Organisation, held.organisation_id)
    held_id, source, said = held.id, held.source, dict(held.row)
    brought_by = session.get_one(Organisation, UUID(said.pop(BROUGHT_BY, str(organisation.id))))
    row = Row(held.source_ref, replace(Notice(**said), text=words))
    with rights.kept(session):
        worker = members.system(session, member.forum_id, member.forum_slug, member.forum_name, brought_by)
        agreements.require_partner(session, organisation)
        intake = _Intake(session, worker, source, organisation)
        checked = intake.checked(row)
        take_out(session, held_id)
        (settled,) = intake.insert([(row, checked)])
        intake.close()
    assert settled.nr is not None
    journal.write(session, member, journal.Entry("quarantine:release", "quarantine", held_id, {"nr": settled.nr}))
    return settled.nr


class _Intake:
    """What every row of one import is held against."""

    def __init__(self, session: Session, member: Member, source: str, partner: Organisation | None = None) -> None:
        assert member.organisation_id is not None
        self.session, self.member, self.source = session, member, source
        self.organisation = partner or session.get_one(Organisation, member.organisation_id)
        self.whose = self.organisation.id
        self.reporter = Reporter(self.whose, self.organisation.authority)
        self.behalf = {"on_behalf": True} if self.whose != member.organisation_id else {}
        self.categories = {c.code: c for c in categories.all_of(session, member.forum_id)}
        self.category_ids = {code: category.id for code, category in self.categories.items()}
        self.entries: list[journal.Entry] = []
        self.boundary: BaseGeometry = areas.boundary(session, member.forum_id, agreements.today())
        prepare(self.boundary)
        self.seen: set[tuple[str, str]] = set()
        self.started = clock.now()
        session.execute(ONE_AT_A_TIME, {"key": f"{member.forum_id} {source}"})

    def take(self, chunk: list[Row]) -> list[Settled]:
        """Check and write a chunk of rows, and tell what became of each."""
        known = self._known(chunk)
        settled, good = [], []
        for row in chunk:
            try:
                self._require_once(row)
                if self._key(row) in known:
                    settled.append(Settled(row, "known"))
                else:
                    good.append((row, self.checked(row)))
            except Invalid as error:
                settled.append(self._stopped(row, error))
        return settled + list(self.insert(good))

    def _key(self, row: Row) -> tuple[str, str]:
        return row.source or self.source, row.source_ref

    def _known(self, chunk: list[Row]) -> set[tuple[str, str]]:
        """Return source and id of the rows that are here already."""
        sources, refs = (list(names) for names in zip(*map(self._key, chunk), strict=True))
        asked = {"forum": self.member.forum_id, "sources": sources, "refs": refs}
        return {(row.source, row.ref) for row in self.session.execute(KNOWN, asked)}

    def _require_once(self, row: Row) -> None:
        if self._key(row) in self.seen:
            message = N_("This id stands in the file more than once.")
            raise Invalid(message, field="source_ref", value=row.source_ref, remedy=N_("Give each row its own id."))
        self.seen.add(self._key(row))

    def checked(self, row: Row) -> Checked:
        """Return the row with every value checked."""
        checked = checked_notice(row.notice, self.reporter, self.member)
        if not intersects_xy(self.boundary, checked.lon, checked.lat):
            swapped = bool(intersects_xy(self.boundary, checked.lat, checked.lon))
            raise areas.outside(checked.lon, checked.lat, swapped=swapped)
        category = self.categories.get(checked.category) or categories.of_code([], checked.category)
        categories.checked_answers(category, checked.answers)
        if row.reply:
            checked_text(row.reply, "reply")
        checked_text(" ".join(part for part in self._key(row) if not RANDOM.fullmatch(part)), "source_ref")
        if row.status not in TAKEN_OVER:
            message = N_("An import cannot bring in this status.")
            raise Invalid(message, field="status", value=row.status, remedy=N_("Leave the status out."))
        return checked

    def _stopped(self, row: Row, error: Invalid) -> Settled:
        passages = [p for p in error.problems if isinstance(p, PersonFound)]
        if len(passages) != len(error.problems):
            return Settled(row, "refused", error.problems)
        plain = orjson.loads(orjson.dumps(vars(row.notice), default=str))
        plain |= {BROUGHT_BY: str(self.member.organisation_id)} if self.behalf else {}
        held = {"forum_id": self.member.forum_id, "organisation_id": self.whose,
                "source": row.source or self.source, "source_ref": row.source_ref, "row": plain,
                "passages": [str(p.value) for p in passages]}  # fmt: skip
        self.session.execute(insert(Quarantined).inline().values(held).on_conflict_do_nothing())
        return Settled(row, "quarantined", error.problems)

    def insert(self, good: list[tuple[Row, Checked]]) -> Iterator[Settled]:
        """Write the checked rows into the register."""
        if not good:
            return
        numbers = self.session.scalars(select(func.unused_numbers(len(good)))).all()
        positions = [(checked.lon, checked.lat) for _, checked in good]
        made = [self._values(row, checked, nr) for (row, checked), nr in zip(good, numbers, strict=True)]
        for values, geom in zip(made, points(positions), strict=True):
            values["geom"] = geom
        insert_many(self.session, Deviation, made)
        insert_many(self.session, History, [_first_line(values) for values in made])
        self.entries += [
            entry_of("import", values, position, **self.behalf)
            for values, position in zip(made, positions, strict=True)
        ]
        for (row, _), nr in zip(good, numbers, strict=True):
            yield Settled(row, "added", nr=nr)

    def _values(self, row: Row, checked: Checked, nr: int) -> dict[str, Any]:
        """Return what the row's columns hold, but for its place."""
        made_at = row.registered_at or self.started
        return {
            "id": uuid4(),
            "salt": secrets.token_bytes(16),
            "forum_id": self.member.forum_id,
            "nr": nr,
            "organisation_id": self.whose,
            "registered_by_id": self.member.organisation_id,
            "client_id": uuid4(),
            "request_digest": checked.digest(None),
            "category_id": self.category_ids[checked.category],
            "accuracy_m": checked.accuracy_m,
            "occurred_from": checked.occurred_from,
            "occurred_to": checked.occurred_to,
            "text": checked.text,
            "answers": checked.answers,
            "reply": row.reply,
            "visibility": checked.visibility,
            "status": row.status.value,
            "same_as_id": None,
            "source": row.source or self.source,
            "source_ref": row.source_ref,
            "version": 1,
            "created_at": made_at,
            "changed_at": made_at,
        }

    def close(self) -> None:
        """Write the journal: last, because nobody else in the forum writes from then on until the commit."""
        for first in range(0, len(self.entries), CHUNK):
            journal.write_all(self.session, self.member, self.entries[first : first + CHUNK])


def _first_line(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "forum_id": values["forum_id"],
        "deviation_id": values["id"],
        "version": values["version"],
        "action": "import",
        "organisation_id": values["registered_by_id"],
        "visibility": values["visibility"],
        "at": values["created_at"],
        "changes": {},
    }

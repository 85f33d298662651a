"""Deviations handed out as plain rows (uttag): the list to its end, for a stated audience, always in the journal.

Which rows those are is decided for the whole audience, whoever asks: the session's rights are narrowed to it while
the rows are read, and the query says the same once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from forum.foundation import journal
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people import audiences, organisations
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import categories, finding
from forum.register.deviations import Deviation
from forum.register.finding import RESTRICTED, Filter

CHUNK = 2_000
"""Rows that are held at a time."""
PLAIN = ("id", "nr", "accuracy_m", "occurred_from", "occurred_to", "text", "answers", "visibility", "status", "reply",
         "source", "source_ref", "version", "created_at", "changed_at")  # fmt: skip
"""Columns that are handed out as they stand."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exported:
    """One deviation as it leaves the forum: names in place of ids, moments in UTC."""

    id: UUID
    nr: int
    lon: float
    lat: float
    accuracy_m: float
    occurred_from: datetime
    occurred_to: datetime
    category: str
    category_name: str
    text: str
    answers: dict[str, Any]
    visibility: str
    status: str
    reply: str
    organisation: str
    registered_by: str
    source: str | None
    source_ref: str | None
    version: int
    created_at: datetime
    changed_at: datetime


@dataclass
class Handout:
    """Rows on their way out, the newest first, each of them once: for whom, about how many, how many so far."""

    audience: Audience | None
    length: int
    rows: Iterator[Exported]
    count: int = 0
    restricted: int = 0

    def __post_init__(self) -> None:
        self.rows = self._counted(self.rows)

    def _counted(self, rows: Iterator[Exported]) -> Iterator[Exported]:
        for row in rows:
            self.count += 1
            self.restricted += row.visibility in RESTRICTED
            yield row


def hand_out(
    session: Session,
    member: Member,
    wanted: Filter,
    write: Callable[[Handout], T],
    *,
    audience: Audience | None,
    form: str,
) -> T:
    """Let `write` take all rows that are wanted and that the audience may see, and note it in the journal.

    Without an audience they are the member's own to read and to pass on to nobody.
    """
    require(member, Action.DEVIATION_READ)
    _require_audience(member, audience)
    with audiences.narrowed(session, audience):
        conditions = [*finding.everything(session, member, wanted), *_for_all_of(audience)]
        length = session.scalars(select(func.count()).select_from(Deviation).where(*conditions)).one()
        handout = Handout(audience, length, _rows(session, member, conditions))
        done = write(handout)
    counts = {"rows": handout.count, "restricted": handout.restricted}
    facts = {"form": form, "audience": audience, "filter": finding.without_words(wanted), **counts}
    journal.write(session, member, journal.Entry("read:export", "deviations", None, facts))
    return done


def _require_audience(member: Member, audience: Audience | None) -> None:
    if audience is Audience.PUBLIC:
        message = N_("What is made for the public never holds points.")
        remedy = N_("Choose forum or authorities; the public is shown areas with counts.")
        raise Invalid(message, field="audience", value=audience, remedy=remedy)
    audiences.require(member, audience)


def _for_all_of(audience: Audience | None) -> Iterator[ColumnElement[bool]]:
    if audience is not None:
        yield Deviation.visibility.in_(audience.sees)


def _rows(session: Session, member: Member, conditions: list[ColumnElement[bool]]) -> Iterator[Exported]:
    named = {c.id: c for c in categories.all_of(session, member.forum_id, retired=True)}
    partners = {o.id: o.name for o in organisations.all_of(session, member.forum_id)}
    place = (func.ST_X(Deviation.geom).label("lon"), func.ST_Y(Deviation.geom).label("lat"))
    ids = (Deviation.category_id, Deviation.organisation_id, Deviation.registered_by_id)
    columns = (getattr(Deviation, name) for name in PLAIN)
    query = select(*columns, *place, *ids).where(*conditions)
    query = query.order_by(Deviation.occurred_from.desc(), Deviation.id.desc())
    for row in session.execute(query.execution_options(yield_per=CHUNK)):
        yield _exported(row, named[row.category_id], partners)


def _exported(row: Row[*tuple[Any, ...]], category: categories.Category, partners: dict[UUID, str]) -> Exported:
    return Exported(
        **{name: getattr(row, name) for name in (*PLAIN, "lon", "lat")},
        category=category.code,
        category_name=category.sv,
        organisation=partners.get(row.organisation_id, ""),
        registered_by=partners.get(row.registered_by_id, ""),
    )

"""Assessments (bedömningar): each considered criterion on its described levels, with a reason; blind until handed in.

A draft is seen by its writer alone, and so are the notes beside it for ever. What was handed in stands. Nobody sees
another's of a nomination before having handed in their own of it, or before the assessing is over. One whose writer
turns out to be tied counts no longer: that is asked of the tie, nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, Stale, raise_all
from forum.foundation.language import N_
from forum.people.policy import Action, require
from forum.prize import editions, gates, ties
from forum.prize.criteria import Criterion
from forum.prize.editions import Edition, Phase
from forum.prize.jury import Office, Officer
from forum.prize.nominations import Nomination
from forum.register.deviations import checked_text


class Assessment(Base):
    """What one in the jury thinks of a nomination; `marks` has level (None: abstained from) and reason by criterion."""

    __tablename__ = "assessments"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID]
    office_id: Mapped[UUID]
    marks: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}", info={"free_text": True})
    version: Mapped[int] = mapped_column(server_default="1")
    saved_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())
    handed_in_at: Mapped[datetime | None] = mapped_column(Moment)

    def mark(self, criterion: str) -> Mark | None:
        """Return what was thought on a criterion, None where nothing has been."""
        return Mark(**self.marks[criterion]) if criterion in self.marks else None


class Notes(Base):
    """Notes beside an assessment, which nobody but their writer sees."""

    __tablename__ = "assessment_notes"

    edition_id: Mapped[UUID]
    nomination_id: Mapped[UUID] = mapped_column(primary_key=True)
    office_id: Mapped[UUID] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(info={"free_text": True})
    saved_at: Mapped[datetime] = mapped_column(Moment, server_default=func.now())


@dataclass(frozen=True)
class Mark:
    """A level, the lowest is 1, or None for abstaining; and why."""

    level: int | None
    reason: str = ""


@dataclass(frozen=True)
class Spread:
    """How those who assessed a nomination are spread over the levels of one criterion."""

    criterion: Criterion
    counts: tuple[int, ...]
    abstained: int

    @property
    def assessed(self) -> int:
        """Return how many chose a level."""
        return sum(self.counts)

    @property
    def ends(self) -> tuple[int, int] | None:
        """Return the lowest and the highest level that was chosen."""
        chosen = [level for level, count in enumerate(self.counts, 1) if count]
        return (chosen[0], chosen[-1]) if chosen else None

    @property
    def agree(self) -> int:
        """Return how many chose the level that most chose."""
        return max(self.counts, default=0)


def mine(session: Session, officer: Officer, nomination: Nomination) -> Assessment | None:
    """Return one's own assessment of what is open to one; what was handed in in an earlier office stands."""
    ties.require_open(session, officer, nomination)
    own = select(Assessment).join(Office, Office.id == Assessment.office_id)
    own = own.where(Assessment.nomination_id == nomination.id, Office.account_id == officer.account_id)
    counts = or_(Assessment.office_id == officer.office_id, Assessment.handed_in_at.is_not(None))
    first = own.where(counts).order_by(Assessment.handed_in_at.nulls_last()).limit(1)
    return session.scalar(first.execution_options(populate_existing=True))


def notes(session: Session, officer: Officer, nomination: Nomination) -> str:
    """Return one's own notes."""
    ties.require_open(session, officer, nomination)
    kept = session.get(Notes, (nomination.id, officer.office_id))
    return kept.words if kept else ""


def save(
    session: Session, officer: Officer, nomination: Nomination, marks: Mapping[str, Mark], *, version: int | None = None
) -> Assessment:
    """Save a draft; `version` is the one that the writer saw, 0 where there was none."""
    edition = _require_assessing(session, officer, nomination)
    draft = _held(session, officer, nomination, version)
    draft.marks = {code: asdict(mark) for code, mark in _checked(edition, marks).items()}
    draft.version, draft.saved_at = (draft.version or 0) + 1, clock.now()
    session.add(draft)
    session.flush()
    _note(session, officer, "save", draft)
    return draft


def hand_in(session: Session, officer: Officer, nomination: Nomination, *, version: int | None = None) -> Assessment:
    """Hand in the draft, once: from now on it stands, and the others' of this nomination can be read."""
    edition = _require_assessing(session, officer, nomination)
    draft = _held(session, officer, nomination, version)
    missing = [criterion for criterion in edition.considered if not _complete(draft, criterion)]
    message, remedy = N_("Choose a level or abstain, and say why."), N_("Then hand it in.")
    raise_all([Invalid(message, field=criterion.code, remedy=remedy) for criterion in missing])
    draft.handed_in_at = clock.now()
    session.flush()
    _note(session, officer, "hand_in", draft)
    return draft


def take_notes(session: Session, officer: Officer, nomination: Nomination, words: str) -> None:
    """Keep one's own notes beside the assessment, also after it was handed in."""
    require(officer, Action.ASSESSMENT_WRITE)
    ties.require_open(session, officer, nomination)
    kept = {"words": checked_text(words, "notes"), "saved_at": clock.now()}
    whose = {"nomination_id": nomination.id, "office_id": officer.office_id, "edition_id": officer.edition_id}
    put = insert(Notes).values(**whose, **kept)
    session.execute(put.on_conflict_do_update(index_elements=["nomination_id", "office_id"], set_=kept))
    session.expire_all()
    told = {"nomination": str(nomination.id)}
    editions.note(session, officer, journal.Entry("assessment:notes", "nomination", nomination.id, told))


def _require_assessing(session: Session, officer: Officer, nomination: Nomination) -> Edition:
    require(officer, Action.ASSESSMENT_WRITE)
    edition = session.get_one(Edition, officer.edition_id)
    editions.hold(session, edition.id, edition, nomination)
    ties.require_open(session, officer, nomination)
    editions.require_quorate(edition, Phase.ASSESSING)
    gates.require_passed(session, edition, nomination)
    return edition


def _held(session: Session, officer: Officer, nomination: Nomination, version: int | None) -> Assessment:
    """Return the draft, or a new one; refuses when it was handed in, or changed since it was seen."""
    draft = mine(session, officer, nomination)
    if draft is not None and draft.handed_in_at is not None:
        message = N_("You have handed in your assessment of this nomination.")
        raise Conflict(message, remedy=N_("What was handed in stands. Say the rest in the deliberation."))
    now = draft.version if draft else 0
    if version is not None and version != now:
        message, remedy = N_("You have changed this elsewhere meanwhile."), N_("Look at the newer draft first.")
        raise Stale(message, field="version", value=version, remedy=remedy, current={"version": now})
    whose = {"edition_id": officer.edition_id, "nomination_id": nomination.id, "office_id": officer.office_id}
    return draft or Assessment(**whose, marks={}, version=0)


def _checked(edition: Edition, marks: Mapping[str, Mark]) -> dict[str, Mark]:
    """Return the marks ready to be kept; refuses what is no criterion or no level of it."""
    known = {criterion.code: criterion for criterion in edition.considered}
    for code, mark in marks.items():
        if code not in known:
            remedy = N_("Choose one of the edition's.")
            raise Invalid(N_("There is no such criterion."), field="criterion", value=code, remedy=remedy)
        if mark.level is not None and not 1 <= mark.level <= len(known[code].levels):
            message = N_("There is no such level.")
            raise Invalid(message, field=code, value=mark.level, remedy=N_("Choose one of the described levels."))
    return {code: Mark(mark.level, checked_text(mark.reason, f"{code}_reason")) for code, mark in marks.items()}


def _complete(draft: Assessment, criterion: Criterion) -> bool:
    mark = draft.mark(criterion.code)
    return mark is not None and bool(mark.reason)


def _note(session: Session, officer: Officer, step: str, draft: Assessment) -> None:
    told = {"nomination": str(draft.nomination_id), "version": draft.version}
    editions.note(session, officer, journal.Entry(f"assessment:{step}", "assessment", draft.id, told))


# --- what the others think -------------------------------------------------------------------------------------------


def blind(session: Session, officer: Officer, nomination: Nomination) -> bool:
    """Tell whether the others' assessments are hidden from whoever has not handed in their own yet."""
    own = mine(session, officer, nomination)
    handed_in = own is not None and own.handed_in_at is not None
    return not handed_in and not session.scalar(select(func.assessed(officer.edition_id)))


def handed_in(session: Session, officer: Officer, nomination: Nomination) -> list[tuple[Office, Assessment]]:
    """Return the assessments that count, with the offices that wrote them; nothing while one is blind."""
    require(officer, Action.ASSESSMENT_READ)
    if blind(session, officer, nomination):
        return []
    found = _all_handed_in(session, nomination)
    said = ties.of_nomination(session, nomination.id)
    return [(office, each) for office, each in found if office.id in said and said[office.id].opens]


def set_aside(session: Session, officer: Officer, nomination: Nomination) -> list[Office]:
    """Return those whose assessment was handed in and counts no longer, since they turned out to be tied."""
    require(officer, Action.ASSESSMENT_READ)
    if blind(session, officer, nomination):
        return []
    said = ties.of_nomination(session, nomination.id)
    return [
        office for office, _ in _all_handed_in(session, nomination) if office.id in said and not said[office.id].opens
    ]


def _all_handed_in(session: Session, nomination: Nomination) -> list[tuple[Office, Assessment]]:
    found = select(Office, Assessment).join(Assessment, Assessment.office_id == Office.id)
    found = found.where(Assessment.nomination_id == nomination.id, Assessment.handed_in_at.is_not(None))
    return [(office, each) for office, each in session.execute(found.order_by(Office.appointed_at, Office.id))]


def spread(session: Session, officer: Officer, nomination: Nomination) -> list[Spread]:
    """Return agreement and spread on each considered criterion; nothing is weighed together into one number."""
    counted = [each for _, each in handed_in(session, officer, nomination)]
    edition = session.get_one(Edition, officer.edition_id)
    return [_spread(criterion, counted) for criterion in edition.considered] if counted else []


def _spread(criterion: Criterion, counted: list[Assessment]) -> Spread:
    marks = [mark for each in counted if (mark := each.mark(criterion.code)) is not None]
    counts = tuple(sum(mark.level == level for mark in marks) for level in range(1, len(criterion.levels) + 1))
    return Spread(criterion, counts, sum(mark.level is None for mark in marks))

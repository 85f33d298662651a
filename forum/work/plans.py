"""Action plans (åtgärdsplaner): the set of measures that was decided on one frozen and adopted picture.

A plan never changes: a new one takes its place by being adopted later. What becomes of its measures is read from the
measures themselves, so that following it up is to look at it. The legal form: 2023:196; adoption stands in `adoptions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Conflict, Invalid, NotFound, raise_all
from forum.foundation.language import N_
from forum.people import agreements, audiences
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.work import adoptions, measures
from forum.work.adoptions import Adoption, Thing
from forum.work.measures import NOT_FIXED, STATUS_WORDS, Measure, Status
from forum.work.pictures import FrozenPicture, hash_of

MOST = 80
STANDING = frozenset(Status) - NOT_FIXED - {Status.PROPOSED}
"""What a plan may hold: decided, and not ended without the problem being solved."""


class ActionPlan(Base):
    """One action plan: its picture and its measures, for the audience of the picture."""

    __tablename__ = "plans"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    picture_id: Mapped[UUID]
    audience: Mapped[str]
    measure_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    hash: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def seal(self) -> bytes:
        """Return the hash over its picture, audience and measures as they stand now."""
        said: dict[str, Any] = {"picture": str(self.picture_id), "audience": self.audience}
        said |= {"measures": [str(each) for each in self.measure_ids], "made_at": clock.stamp(self.made_at)}
        return hash_of(said)

    @property
    def intact(self) -> bool:
        """Tell whether they are still those that it was made of."""
        return self.seal == bytes(self.hash)


def make(session: Session, member: Member, picture: FrozenPicture | None, chosen: Sequence[Measure]) -> ActionPlan:
    """Make a plan of measures on a picture that is frozen and adopted, for the picture's audience."""
    require(member, Action.PLAN_MAKE)
    agreements.require_in_force(session, member)
    adopted = _adopted(session, member, picture)
    _require_standing(session, member, Audience(adopted.audience), chosen)
    plan = ActionPlan(
        forum_id=member.forum_id,
        organisation_id=member.organisation_id,
        picture_id=adopted.id,
        audience=adopted.audience,
        measure_ids=sorted({measure.id for measure in chosen}),
        made_at=clock.now(),
    )
    plan.hash = plan.seal
    session.add(plan)
    session.flush()
    facts = {"picture": str(adopted.id), "audience": plan.audience, "measures": len(plan.measure_ids)}
    journal.write(session, member, journal.Entry("plan:make", "plan", plan.id, facts, plan.hash))
    return plan


def _adopted(session: Session, member: Member, picture: FrozenPicture | None) -> FrozenPicture:
    """Return the picture; refuses one that is not frozen, has not its three parts, or was not adopted."""
    if picture is None:
        message = N_("An action plan is made on a frozen picture.")
        remedy = N_("Freeze the picture with its three parts, then adopt it.")
        raise Invalid(message, field="picture", value="", remedy=remedy)
    adoptions.require_written(picture)
    if adoptions.of_picture(session, member, picture) is None:
        message = N_("The picture is not adopted yet.")
        remedy = N_("Adopt the picture first, then make the plan.")
        raise Conflict(message, field="picture", value=picture.id, remedy=remedy)
    return picture


def _require_standing(session: Session, member: Member, audience: Audience, chosen: Sequence[Measure]) -> None:
    if not 0 < len(chosen) <= MOST:
        message, remedy = (
            N_("This plan would hold %(n)s measures."),
            N_("Choose at least one measure and at most %(most)s."),
        )
        raise Invalid(message, field="measures", value=len(chosen), remedy=remedy, n=len(chosen), most=MOST)
    with audiences.narrowed(session, audience):
        seen = {measure.id for measure in measures.all_of(session, member) if measure.visibility in audience.sees}
    raise_all([_refused(measure, seen=measure.id in seen) for measure in chosen if not _fits(measure, seen)])


def _fits(measure: Measure, seen: set[UUID]) -> bool:
    return measure.id in seen and Status(measure.status) in STANDING


def _refused(measure: Measure, *, seen: bool) -> Invalid:
    if not seen:
        message = N_("Not all that the plan is for see this measure.")
        remedy = N_("Leave it out, or make the plan on a picture for authorities.")
        return Invalid(message, field="measures", value=measure.nr, remedy=remedy)
    message, words = N_("A plan holds what was decided and stands; this is %(status)s."), STATUS_WORDS
    remedy = N_("Decide the measure first, or leave it out.")
    return Invalid(message, field="measures", value=measure.nr, remedy=remedy, status=words[Status(measure.status)])


def adopt(session: Session, member: Member, plan: ActionPlan, *, on: date, reference: str) -> Adoption:
    """Note that a plan was adopted on a day, by the decision that the reference names."""
    require(member, Action.PLAN_ADOPT)
    agreements.require_in_force(session, member)
    return adoptions.keep(session, member, Thing(plan.audience, plan.made_at, plan_id=plan.id), on, reference)


# --- what is read -----------------------------------------------------------------------------------------------------


def all_of(session: Session, member: Member) -> list[ActionPlan]:
    """Return the forum's plans that the member is among the audience of, the latest first."""
    return list(session.scalars(_seen(member).order_by(ActionPlan.made_at.desc())))


def get(session: Session, member: Member, reference: UUID) -> ActionPlan:
    """Return a plan."""
    found = session.scalar(_seen(member).where(ActionPlan.id == reference))
    if found is None:
        raise NotFound
    return found


def eligible(session: Session, member: Member, audience: Audience) -> list[Measure]:
    """Return the measures that a plan for the audience may hold, the soonest due first."""
    with audiences.narrowed(session, audience):
        standing = measures.all_of(session, member, tuple(STANDING))
    return [measure for measure in standing if measure.visibility in audience.sees]


def measures_of(session: Session, member: Member, plan: ActionPlan) -> list[Measure]:
    """Return the measures of a plan that its whole audience still sees, the soonest due first."""
    audience, wanted = Audience(plan.audience), set(plan.measure_ids)
    with audiences.narrowed(session, audience):
        found = measures.all_of(session, member)
    return [measure for measure in found if measure.id in wanted and measure.visibility in audience.sees]


@dataclass(frozen=True)
class Followed:
    """How far the measures of a plan have come."""

    by_status: dict[Status, int]
    done: int
    late: int
    not_fixed: int
    """Ended without the problem being solved; those that are late wait still, and are counted for themselves."""


def follow_up(held: Iterable[Measure]) -> Followed:
    """Return how far these measures have come, each status that occurs in its order."""
    held = list(held)
    counts = Counter(Status(measure.status) for measure in held)
    return Followed(
        by_status={status: counts[status] for status in Status if counts[status]},
        done=counts[Status.CARRIED_OUT] + counts[Status.FOLLOWED_UP],
        late=sum(measure.overdue for measure in held),
        not_fixed=sum(counts[status] for status in NOT_FIXED),
    )


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every plan that the session may see with its seal as it stands now, for the journal's verifier."""
    for plan in session.scalars(select(ActionPlan)):
        yield plan.id, plan.seal


def _seen(member: Member) -> Select[ActionPlan]:
    require(member, Action.PLAN_READ)
    mine = (ActionPlan.forum_id == member.forum_id, ActionPlan.audience.in_(member.visibilities))
    return select(ActionPlan).where(*mine)

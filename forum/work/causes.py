"""Cause analysis of a place (orsaksanalys): why it happens here, what that rests on, and what would break it.

The three sides are the problem analysis triangle (Clarke & Eck 2003, Become a Problem-Solving Crime Analyst, step 8):
the place, the target, the offender.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict, Invalid
from forum.foundation.language import N_
from forum.people import agreements
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import places, steps
from forum.register.deviations import checked_text
from forum.register.places import Place
from forum.register.steps import Worked

PARTS = {
    "place_side": N_("The place: what makes it easy here"),
    "target_side": N_("The target: who or what is exposed"),
    "offender_side": N_("The offender side: what draws, what does not hold back"),
    "sources_used": N_("Sources used"),
    "sources_rejected": N_("Sources rejected, and why"),
    "limits": N_("What the data cannot tell"),
    "hypothesis": N_("Hypothesis: why it happens here"),
    "breaks": N_("Which measure would break it"),
}
"""The parts of an analysis in the words that people read, in the order in which they are written."""


class Cause(Worked):
    """The analysis of one place as it now stands; how it came about stands in its steps."""

    __tablename__ = "causes"
    kind = "cause"

    place_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    place_side: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    target_side: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    offender_side: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    sources_used: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    sources_rejected: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    limits: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    hypothesis: Mapped[str] = mapped_column(server_default="", info={"free_text": True})
    breaks: Mapped[str] = mapped_column(server_default="", info={"free_text": True})


def of_place(session: Session, member: Member, place: Place) -> Cause | None:
    """Return the place's analysis, None when there is none that the member sees."""
    require(member, Action.PLACE_READ)
    seen = Cause.visibility.in_(member.visibilities)
    return session.scalar(select(Cause).where(Cause.place_id == place.id, seen))


def write(
    session: Session,
    member: Member,
    place: Place,
    said: Mapping[str, str],
    *,
    visibility: Visibility | None = None,
    version: int | None = None,
) -> Cause:
    """Write the analysis of a place, or change parts of it; what is not named stays as it is.

    It is seen by those who see its place, or by authorities alone.
    """
    require(member, Action.CAUSE_WRITE)
    agreements.require_in_force(session, member)
    if places.Status(place.status) is not places.Status.OPEN:
        message = N_("The analysis of a place that is not open stays as it is.")
        raise Conflict(message, field="status", value=place.nr, remedy=N_("Open the place again first."))
    unknown = sorted(set(said) - set(PARTS))
    if unknown:
        remedy = N_("Name the parts that there are.")
        raise Invalid(N_("An analysis has no such part."), field=unknown[0], value=unknown[0], remedy=remedy)
    words = {name: checked_text(text, name) for name, text in said.items()}
    earlier = of_place(session, member, place)
    if earlier is None:
        return _begin(session, member, place, words, visibility or Visibility(place.visibility))
    steps.hold(session, earlier, version)
    seen = {"visibility": _seen_by(member, place, visibility)} if visibility else {}
    steps.take(session, member, earlier, "amend", new=words | seen)
    return earlier


def _seen_by(member: Member, place: Place, visibility: Visibility) -> str:
    if visibility not in set(member.visibilities) or visibility.wider_than(Visibility(place.visibility)):
        message = N_("More people would see it than its place, or you would not see it yourself.")
        raise Invalid(message, field="visibility", value=visibility, remedy=N_("Choose as the place has it."))
    return visibility.value


def _begin(session: Session, member: Member, place: Place, words: Mapping[str, str], visibility: Visibility) -> Cause:
    if not any(words.values()):
        message = N_("The analysis is empty.")
        raise Invalid(message, field="hypothesis", value="", remedy=N_("Write at least one of its parts."))
    cause = Cause(forum_id=place.forum_id, place_id=place.id, organisation_id=member.organisation_id, **words)
    cause.visibility = _seen_by(member, place, visibility)
    session.add(cause)
    session.flush()
    steps.begin(session, member, cause, place=str(place.id), visibility=cause.visibility)
    return cause

"""Splitting a place in two (delning): what is drawn becomes a place of its own, what remains keeps the name."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.foundation.errors import Invalid
from forum.foundation.geometry import in_degrees, in_metres
from forum.foundation.language import N_
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import places
from forum.register.deviations import Deviation, visible_to
from forum.register.places import Drawn, Link, Place


def by_hand(session: Session, member: Member, place: Place) -> list[Deviation]:
    """Return the deviations that hands have put to the place and the member sees, the newest first."""
    require(member, Action.PLACE_READ)
    put = select(Link.deviation_id).where(Link.place_id == place.id, Link.here)
    query = select(Deviation).where(visible_to(member), Deviation.id.in_(put))
    return list(session.scalars(query.order_by(Deviation.occurred_from.desc(), Deviation.nr)))


def carve(
    session: Session,
    member: Member,
    place: Place,
    part: Drawn,
    *,
    reason: str,
    moved: Collection[UUID] = (),
    version: int | None = None,
) -> tuple[Place, Place]:
    """Split the place into what remains and the part that is drawn; `moved`, put there by hands, goes with the part."""
    require(member, Action.PLACE_CLOSE)
    shape, radius = places.checked(session, member, part)
    reach = in_degrees(in_metres(shape).buffer(radius)) if radius else shape
    if not reach.intersects(place.reach):
        message, remedy = N_("The part lies outside the place."), N_("Draw it within the place, or make a new place.")
        raise Invalid(message, field="geometry", value=place.nr, remedy=remedy)
    rest = place.reach.difference(reach)
    if rest.is_empty:
        message, remedy = N_("Nothing of the place would remain."), N_("Draw a smaller part, or change the place.")
        raise Invalid(message, field="geometry", value=place.nr, remedy=remedy)
    parts = [Drawn(place.name, rest, 0, Visibility(place.visibility)), part]
    remains, made = places.split(session, member, place, parts, reason=reason, moved=moved, version=version)
    return remains, made

"""Taking up a place again (återöppna): the place, and telling those whom it concerns."""

from __future__ import annotations

from sqlalchemy.orm import Session

from forum.people.members import Member
from forum.register import places
from forum.register.places import Place
from forum.work import measures, notices
from forum.work.notices import Kind


def reopen(session: Session, member: Member, place: Place, *, reason: str, version: int | None = None) -> Place:
    """Take up the work on the place again; who owns, proposed or caused a measure there is told."""
    places.reopen(session, member, place, reason=reason, version=version)
    here = measures.of_place(session, member, place)
    to = {measure.owner_id for measure in here} | {measure.organisation_id for measure in here}
    to |= {place.organisation_id} | measures.reporters(session, [measure.id for measure in here])
    notices.tell(session, member, Kind.REOPENED, place=place.id, to=to, leaders=True)
    return place

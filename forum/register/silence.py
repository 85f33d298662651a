"""Partners of whom nothing has been heard (tysta aktörer), as far as the reader sees.

Who looks learns nothing of rows that they may not see: a partner that marks for itself alone is as quiet as one that
marks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.people import agreements
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Action, require
from forum.register.deviations import LIVE, Deviation, visible_to

QUIET = timedelta(days=60)
"""Nothing within so long has been missing at two monthly meetings in a row: then somebody asks."""


@dataclass(frozen=True)
class Silent:
    """A partner and when its last deviation was registered, None where none is seen."""

    organisation: Organisation
    last: datetime | None


def silent(session: Session, member: Member) -> list[Silent]:
    """Return the partners with an agreement for so long of whom nothing was registered, the longest quiet first."""
    require(member, Action.AGREEMENT_READ)
    since = clock.now() - QUIET
    seen = [visible_to(member), Deviation.status.in_(LIVE)]
    heard = set(
        session.scalars(select(Deviation.organisation_id).where(*seen, Deviation.created_at >= since).distinct())
    )
    partners = agreements.partners(session, member.forum_id, since=clock.local(since).date())
    quiet = [partner for partner in partners if partner.id not in heard]
    newest = select(Deviation.organisation_id, func.max(Deviation.created_at)).where(*seen)
    rows = session.execute(
        newest.where(Deviation.organisation_id.in_([o.id for o in quiet])).group_by(Deviation.organisation_id)
    )
    last: dict[UUID, datetime] = dict(rows.all())
    found = [Silent(partner, last.get(partner.id)) for partner in quiet]
    return sorted(found, key=lambda each: (each.last is not None, each.last or since))

"""The same here again (samma igen): one more of what was marked before, at the same spot, now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.foundation.errors import Conflict
from forum.foundation.language import N_
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import categories, intake
from forum.register.deviations import Deviation, Registered, Status
from forum.register.intake import Notice


def register_again(
    session: Session, member: Member, earlier: Deviation, *, client_id: UUID, at: datetime
) -> Registered:
    """Register a deviation of the earlier one's place, accuracy and category; it counts for itself.

    Words and answers are not carried over: they told of the other time. Nobody sees it who could not see the earlier.
    """
    require(member, Action.DEVIATION_REGISTER)
    if Status(earlier.status) is Status.WITHDRAWN:
        raise Conflict(N_("What was withdrawn is not marked again."), remedy=N_("Mark it as something new."))
    known = categories.all_of(session, member.forum_id, retired=True)
    lon, lat = earlier.position
    narrow = Visibility.FORUM.wider_than(Visibility(earlier.visibility))
    notice = Notice(
        lon=lon,
        lat=lat,
        accuracy_m=earlier.accuracy_m,
        occurred_from=at,
        category=next(c.code for c in known if c.id == earlier.category_id),
        visibility=earlier.visibility if narrow else Visibility.FORUM,
    )
    return intake.register(session, member, client_id=client_id, notice=notice)

"""The quorum (beslutsförhet): where ties leave too few to decide, or nobody to lead, an edition stands still."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.foundation import journal
from forum.foundation.language import N_
from forum.prize import editions
from forum.prize.editions import Holder

SHORT = N_(
    "ties leave too few in the jury to decide on a nomination. "
    "The chair, or the deputy where the chair is tied, calls in or appoints a substitute."
)
NO_LEADER = N_(
    "nobody who leads the jury is free of ties to a nomination, so nobody may rule on ties to it or preside over it. "
    "The chair appoints another deputy, and first ends the office of one who is tied."
)
"""Why an edition stands still: it names no nomination, for everybody reads it."""


def settle(session: Session, by: Holder) -> None:
    """Stop the edition where ties leave too few or nobody to lead, or let it go on; the journal says it."""
    session.flush()
    done = session.scalar(select(func.settle_quorum(by.edition_id, SHORT, NO_LEADER)))
    session.expire_all()  # the database may have set aside what the session has read
    if done is not None:
        editions.note(session, by, journal.Entry(f"edition:{done}", "edition", by.edition_id, {}))

"""The quorum (beslutsförhet): an edition whose ties leave too few to decide stands still until there are enough."""

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
"""Why an edition stands still: it names no nomination, for everybody reads it."""


def settle(session: Session, by: Holder) -> None:
    """Stop the edition where ties leave too few, and let it go on when there are enough; the journal says it."""
    session.flush()
    done = session.scalar(select(func.settle_quorum(by.edition_id, SHORT)))
    session.expire_all()  # the database may have set aside what the session has read
    if done is not None:
        editions.note(session, by, journal.Entry(f"edition:{done}", "edition", by.edition_id, {}))

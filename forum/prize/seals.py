"""What an edition has sealed (sigill): its rules, packs and awards, as they stand now, for the journal's verifier."""

from __future__ import annotations

from collections.abc import Generator
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.prize import packs
from forum.prize.awards import Award
from forum.prize.editions import Edition


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every sealed row of the edition whose work this is, with its digest as it stands."""
    for edition in session.scalars(select(Edition).where(Edition.id == func.my_edition())):
        if edition.opened_at is not None:
            yield edition.id, edition.rules
    for award in session.scalars(select(Award).where(Award.edition_id == func.my_edition())):
        yield award.id, award.digest
    yield from packs.digests(session)

"""What the prize holds of an account (registerutdrag): its offices in juries, and what it nominated."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation.language import N_
from forum.prize import nominators
from forum.prize.jury import Office
from forum.prize.nominations import Nomination
from forum.prize.nominators import Contact
from forum.work.extracts import Kind, Part

OFFICES = Kind(
    Office, ("office", "title", "organisation", "appointed_at", "ended_at"),
    N_("To know what you may do in the jury of an edition."), N_("As long as the edition's journal."),
)  # fmt: skip
NOMINATIONS = Kind(
    Nomination, ("nr", "title", "status", "created_at", "submitted_at"),
    N_("To let you write, add to and withdraw what you nominate."), N_("As long as the edition."),
)  # fmt: skip
CONTACTS = Kind(Contact, ("name", "email", "confirmed_at"), nominators.PURPOSE, nominators.KEPT)
KINDS = (OFFICES, NOMINATIONS, CONTACTS)


def of_account(session: Session, account_id: UUID) -> list[Part]:
    """Return what the prize holds of the account that the session acts for."""
    mine = select(Nomination.id).where(Nomination.account_id == account_id).order_by(Nomination.created_at)
    of_nominations = [CONTACTS.part(session, "nomination_id", each) for each in session.scalars(mine).all()]
    return [*(kind.part(session, "account_id", account_id) for kind in (OFFICES, NOMINATIONS)), *of_nominations]


def of_nomination(session: Session, nomination: Nomination) -> Part:
    """Return what is held of whoever wrote a nomination without an account."""
    return CONTACTS.part(session, "nomination_id", nomination.id)

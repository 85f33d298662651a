"""Sending a nomination in (inlämning): at once by a member, by anybody else when a letter has been answered.

A nomination is in time when it is sent within the window, also where its letter is answered up to a week later: whoever
sent it at five to midnight was not late. What is sent in is sealed, and stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.errors import Conflict, Invalid, NotFound, TooMany
from forum.foundation.language import N_
from forum.people import accounts
from forum.people.policy import Action, require
from forum.prize import contents, editions, evidence, letters, nominations, nominators, packs, quorum, sources
from forum.prize.contents import require_complete, require_writable
from forum.prize.editions import Edition, Phase
from forum.prize.nominations import HELD, UNSENT, Nomination, Opened, Status, nominator_of
from forum.prize.sources import Drawn

TRIES = 5
"""Letters to one address within an hour at most."""
ANSWERED_WITHIN = timedelta(days=7)
WITHDRAWABLE = (Phase.OPEN, Phase.PREPARING, Phase.ASSESSING)


def fill(session: Session, nomination: Nomination, edition: Edition, drawn: Drawn, words: Mapping[str, str]) -> None:
    """Fill a member's new draft with what the chain gives: organisations, evidence and the facts in words."""
    require_writable(session, nomination, edition)
    content = contents.of_mine(session, nomination)
    content.records = drawn.records
    named = [str(record["organisation"]) for record in drawn.records][: nominations.MOST_ORGANISATIONS]
    nominations.entitle(session, nomination, title=drawn.place[: nominations.TITLE_LENGTH], organisations=named)
    for made in drawn.snapshots[: evidence.MOST]:
        evidence.add(session, nomination, edition, made)
    contents.write(session, nomination, edition, words)


def lend(session: Session, nomination: Nomination, edition: Edition, drawn: Drawn, wanted: Collection[UUID]) -> None:
    """Add some of what a chain offers to a draft that is begun, with the organisations of that chain and what they did.

    Nothing that is written changes; organisations that are named already are not named again.
    """
    require_writable(session, nomination, edition)
    if not wanted:
        message, remedy = N_("Nothing is chosen."), N_("Tick what is to be among the evidence.")
        raise Invalid(message, field="source", value="", remedy=remedy)
    for each in wanted:
        evidence.add(session, nomination, edition, drawn.snapshot(each))
    content = contents.of_mine(session, nomination)
    content.records = sources.together(content.records, drawn.records)
    held = set(map(str.casefold, nomination.organisations))
    new = [name for each in drawn.records if (name := str(each["organisation"])).casefold() not in held]
    named = [*nomination.organisations, *new][: nominations.MOST_ORGANISATIONS]
    nominations.entitle(session, nomination, title=nomination.title, organisations=named)


def submit(session: Session, nomination: Nomination, edition: Edition) -> None:
    """Send it in: a member's stands at once, anybody else's when the letter that leaves now is answered."""
    require(nominator_of(nomination), Action.NOMINATION_WRITE)
    editions.hold(session, edition.id, edition)
    nominations.hold(session, nomination)
    nominations.require_status(nomination, *UNSENT)
    nominations.require_in_time(edition)
    nominations.require_no_office(session, edition)
    require_complete(contents.of_mine(session, nomination), nomination)
    if nomination.account_id is not None:
        _write_to_the_account(session, nomination)
        _stand(session, nomination)
        return
    contact = nominators.of(session, nomination)
    if contact is None:
        message, remedy = N_("We need an address to write to."), N_("Write your name and e-mail address.")
        raise Invalid(message, field="email", value="", remedy=remedy)
    _count(session, contact.email)
    nomination.submitted_at = clock.now()
    nominations.change(session, nomination, Status.UNCONFIRMED)
    nominations.note(session, nomination, "send")
    letters.write(session, nomination, letters.Kind.CONFIRM)


def _write_to_the_account(session: Session, nomination: Nomination) -> None:
    """Let letters about a member's nomination go to the address of the account."""
    assert nomination.account_id is not None
    account = accounts.of(session, nomination.account_id)
    contact = nominators.keep(session, nomination, account.name or account.email, account.email)
    contact.confirmed_at = clock.now()
    session.flush()


def _count(session: Session, email: str) -> None:
    tries = f"nominations by {accounts.digest(email)}"
    if accounts.failures(session, tries) >= TRIES:
        message = N_("So many letters to one address are not sent at once.")
        raise TooMany(message, field="email", value=email, remedy=N_("Try again in an hour."))
    accounts.note_failure(session, tries)


def confirm(session: Session, opened: Opened) -> None:
    """Answer the letter: the nomination is in, and from now on the letter's address alone opens it."""
    nomination, edition = opened.nomination, opened.edition
    require(nominator_of(nomination), Action.NOMINATION_WRITE)
    if not opened.by_letter:
        raise NotFound
    editions.hold(session, edition.id, edition)
    nominations.hold(session, nomination)
    nominations.require_status(nomination, Status.UNCONFIRMED)
    editions.require_phase(edition, Phase.OPEN, Phase.PREPARING, Phase.ASSESSING)
    require_complete(contents.of_mine(session, nomination), nomination)
    sent = nomination.submitted_at
    if sent is None or sent + ANSWERED_WITHIN < clock.now():
        message, remedy = N_("This letter is too old."), N_("Send the nomination in again while there is time.")
        raise Conflict(message, field="status", value=nomination.nr, remedy=remedy)
    contact = nominators.of(session, nomination)
    if contact is not None:
        contact.confirmed_at = clock.now()
    session.flush()
    session.execute(select(func.end_drafts(accounts.digest(opened.secret))))
    _stand(session, nomination, sent)


def _stand(session: Session, nomination: Nomination, sent: datetime | None = None) -> None:
    """Let it stand as sent in, sealed; the same effort by the same sender is refused."""
    if session.scalar(select(func.nominated_before(nomination.id))):
        message = N_("You have nominated this already, with the same title and organisations.")
        remedy = N_("Withdraw the earlier one first, or leave this one.")
        raise Conflict(message, field="title", value=nomination.title, remedy=remedy)
    sealed = packs.seal(session, nomination)
    nomination.submitted_at = sent or clock.now()
    nominations.change(session, nomination, Status.SUBMITTED)
    nominations.note(session, nomination, "submit", bytes(sealed.hash))


def withdrawable(nomination: Nomination, edition: Edition) -> bool:
    """Tell whether what was sent in can be taken back now."""
    return nomination.status in HELD and edition.phase in WITHDRAWABLE


def withdraw(session: Session, nomination: Nomination, edition: Edition) -> None:
    """Take back what was sent in, until the jury decides; an edition that stands still for ties may go on without it.

    From then on it is refused whatever was decided: a refusal must not tell who won. What was joined with it stands on
    its own again.
    """
    by = nominator_of(nomination)
    require(by, Action.NOMINATION_WRITE)
    editions.hold(session, edition.id, edition)
    nominations.hold(session, nomination)
    nominations.require_status(nomination, *HELD)
    editions.require_phase(edition, *WITHDRAWABLE)
    nominations.change(session, nomination, Status.WITHDRAWN)
    nominations.note(session, nomination, "withdraw")
    quorum.settle(session, by)


def throw_away(session: Session, nomination: Nomination) -> None:
    """Throw away what was never sent in, with all that belongs to it: it reaches nobody."""
    require(nominator_of(nomination), Action.NOMINATION_WRITE)
    nominations.hold(session, nomination)
    nominations.require_status(nomination, *UNSENT)
    nominations.note(session, nomination, "throw_away")
    session.delete(nomination)
    session.flush()

"""The post about nominations (prisposten): a letter is put into words, with its secret address, and handed over once.

A letter names the prize and the number of the nomination, and nothing that the nomination says: whoever reads somebody
else's mail learns no more.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import post, words
from dashboards.post import Later, Refused, Words
from forum.foundation.language import N_, Language, text
from forum.foundation.settings import Settings
from forum.people.letters import Status
from forum.prize import letters, nominators
from forum.prize.letters import Addressed, Kind, PrizeLetter

SUBJECTS = {
    Kind.CONFIRM: N_("Confirm your nomination for %(prize)s"),
    Kind.SUPPLEMENT: N_("A question about your nomination for %(prize)s"),
    Kind.OUTCOME: N_("%(prize)s has been given"),
}
BODIES = {
    Kind.CONFIRM: N_(
        "Somebody has written a nomination for %(prize)s with your address. It is number %(nr)s.\n\n"
        "If it was you: open this address within seven days, and send it in:\n%(link)s\n\n"
        "Keep the letter: the address is the only way back to your nomination. If it was not you, do nothing.\n\n"
        "Why we have your address: %(purpose)s How long: %(kept)s"
    ),
    Kind.SUPPLEMENT: N_(
        "The secretary of the jury asks for a supplement to your nomination number %(nr)s for %(prize)s. It can be "
        "answered once.\n\nOpen this address to read what is asked, until when, and to answer:\n%(link)s"
    ),
    Kind.OUTCOME: N_(
        "%(prize)s has been given. Open this address to read who got it, and what the jury says of your nomination "
        "number %(nr)s:\n%(link)s\n\nThank you for nominating. This is the last letter about it; your address is "
        "erased 90 days after the ceremony."
    ),
}


def deliver(session: Session, settings: Settings, letter_id: UUID) -> None:
    """Send one letter, by its edition's own work, once at most."""
    letter = letters.take(session, letter_id)
    session.commit()  # from now on nobody else sends it
    if letter is None:
        return
    said = _written(session, settings, letter) if settings.smtp_url else None
    session.commit()  # its address holds before anybody can have the letter
    if said is None:
        letters.settle(session, letter_id, Status.DROPPED)
        return
    try:
        post.send(settings, post.message_of(settings, letter_id, said))
    except Later:
        letters.settle(session, letter_id, Status.WAITING)
        session.commit()
        raise
    except Refused:
        letters.settle(session, letter_id, Status.FAILED)
        return
    letters.settle(session, letter_id, Status.SENT)


def _written(session: Session, settings: Settings, letter: PrizeLetter) -> Words | None:
    to = letters.addressed(session, letter)
    if to is None:
        return None
    kind, language = Kind(letter.kind), to.nomination.language
    facts = _facts(settings, to, language)
    return Words(to.email, text(SUBJECTS[kind], language, **facts), text(BODIES[kind], language, **facts))


def _facts(settings: Settings, to: Addressed, language: str) -> dict[str, str]:
    prefix = "/en" if language == Language.EN else ""
    link = f"{settings.base_url.rstrip('/')}{prefix}/priset/{to.edition.slug}/nominera/{to.secret}"
    kept, purpose = text(nominators.KEPT, language), text(nominators.PURPOSE, language)
    nr = words.number(to.nomination.nr, language)
    return {"prize": to.edition.name, "nr": nr, "link": link, "kept": kept, "purpose": purpose}

"""The work of printing that a job does (utskriftsarbete): one document, with the rights of the member who asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import compiled, words
from dashboards.picture import Asked
from dashboards.report import Paper, printed
from dashboards.shown import Shown, shown
from forum.foundation import clock, rights
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people import members
from forum.people.members import Member
from forum.work import documents, pictures
from forum.work.documents import Document, Kind
from mapping import picture


def work(session: Session, document: Document, slug: str) -> None:
    """Print a document, and keep it in the same transaction."""
    account, document_id = documents.account_of(session, document), document.id
    with rights.kept(session):
        made = PRINTERS[Kind(document.kind)](session, members.acting(session, account, slug), document)
    documents.finish(session, document_id, made)


def print_picture(session: Session, member: Member, document: Document) -> bytes:
    """Return a picture on paper: a frozen one as it was stored, else counted now."""
    wanted, language = document.wanted, document.language
    if "frozen" in wanted:
        kept = pictures.get(session, member, UUID(wanted["frozen"]))
        return on_paper(member, shown(session, member, picture.of_plain(kept.figures), language, kept))
    first, last = (date.fromisoformat(wanted[name]) for name in ("first", "last"))
    found = picture.picture(session, member, Audience(document.audience), first, last + timedelta(days=1))
    return on_paper(member, shown(session, member, found, language))


def on_paper(member: Member, made: Shown) -> bytes:
    """Return a picture as a PDF."""
    paper = Paper(made.language, made.title, made.period, made.audience, made.state, made.hash)
    return printed("picture_report.html", member, paper, shown=made)


def print_compiled(session: Session, member: Member, document: Document) -> bytes:
    """Return what was decided in a period, on paper."""
    first, last = (date.fromisoformat(document.wanted[name]) for name in ("first", "last"))
    said = compiled.of(session, member, Asked(first, last, Audience(document.audience)), document.language)
    seal = hashlib.sha256(repr(said).encode()).hexdigest()
    state = text(N_("printed %(when)s"), document.language, when=words.moment(clock.now(), document.language))
    paper = Paper(document.language, said.title, said.period, said.for_whom, state, seal)
    return printed("compiled_report.html", member, paper, said=said)


PRINTERS: dict[Kind, Callable[[Session, Member, Document], bytes]] = {
    Kind.PICTURE: print_picture,
    Kind.COMPILED: print_compiled,
}
"""Who prints what; each is called with the session acting for the member."""

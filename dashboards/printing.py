"""The work of printing that a job does (utskriftsarbete): one document, with the rights of the member who asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import compiled, council_docx, words, yearly
from dashboards.compiled import Compiled
from dashboards.picture import Asked
from dashboards.report import Paper, printed
from dashboards.shown import Shown, shown
from dashboards.yearly import Report
from forum.foundation import clock, rights
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people import members
from forum.people.members import Member
from forum.work import documents, pictures
from forum.work.documents import Document, Kind
from mapping import public_picture


def work(session: Session, document: Document, slug: str) -> None:
    """Print a document, and keep it in the same transaction."""
    account, document_id = documents.account_of(session, document), document.id
    with rights.kept(session):
        kind, member = Kind(document.kind), members.acting(session, account, slug)
        made = PRINTERS[kind](session, member, document)
        word = IN_WORD[kind](session, member, document) if kind in IN_WORD else None
    documents.finish(session, document_id, made, word)


def print_picture(session: Session, member: Member, document: Document) -> bytes:
    """Return a picture on paper: a frozen one as it was stored, else counted now."""
    wanted, language = document.wanted, document.language
    if "frozen" in wanted:
        kept = pictures.get(session, member, UUID(wanted["frozen"]))
        return on_paper(member, shown(session, member, public_picture.of_plain(kept.figures), language, kept))
    first, last = (date.fromisoformat(wanted[name]) for name in ("first", "last"))
    found = public_picture.made(session, member, Audience(document.audience), first, last + timedelta(days=1))
    return on_paper(member, shown(session, member, found, language))


def on_paper(member: Member, made: Shown) -> bytes:
    """Return a picture as a PDF."""
    paper = Paper(made.language, made.title, made.period, made.audience, made.state, made.hash)
    return printed("picture_report.html", member, paper, shown=made)


def print_compiled(session: Session, member: Member, document: Document) -> bytes:
    """Return what was decided in a period, on paper."""
    first, last = (date.fromisoformat(document.wanted[name]) for name in ("first", "last"))
    said = compiled.of(session, member, Asked(first, last, Audience(document.audience)), document.language)
    return printed("compiled_report.html", member, _paper(said, document.language), said=said)


def print_council(session: Session, member: Member, document: Document) -> bytes:
    """Return the yearly report to the council, on paper."""
    said = _yearly(session, member, document)
    return printed("council_report.html", member, _paper(said, said.language), said=said)


def write_council(session: Session, member: Member, document: Document) -> bytes:
    """Return the yearly report to the council, for Word."""
    said = _yearly(session, member, document)
    return council_docx.written(member, _paper(said, said.language), said)


def _yearly(session: Session, member: Member, document: Document) -> Report:
    audience, year = Audience(document.audience), int(document.wanted["year"])
    return yearly.of(session, member, audience, year, document.language)


def _paper(said: Compiled | Report, language: str) -> Paper:
    """Return what stands on every page of what was put together just now; its seal is that of its words."""
    seal = hashlib.sha256(repr(said).encode()).hexdigest()
    state = text(N_("printed %(when)s"), language, when=words.moment(clock.now(), language))
    return Paper(language, said.title, said.period, said.for_whom, state, seal)


PRINTERS: dict[Kind, Callable[[Session, Member, Document], bytes]] = {
    Kind.PICTURE: print_picture,
    Kind.COMPILED: print_compiled,
    Kind.COUNCIL: print_council,
}
"""Who prints what; each is called with the session acting for the member."""
IN_WORD: dict[Kind, Callable[[Session, Member, Document], bytes]] = {Kind.COUNCIL: write_council}
"""What is wanted for Word too, and who writes it."""

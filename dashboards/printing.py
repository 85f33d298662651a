"""The work of printing that a job does (utskriftsarbete): one document, with the rights of the member who asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards.report import Paper, printed
from dashboards.shown import Shown, shown
from forum.foundation import rights
from forum.foundation.audience import Audience
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


PRINTERS: dict[Kind, Callable[[Session, Member, Document], bytes]] = {Kind.PICTURE: print_picture}
"""Who prints what; each is called with the session acting for the member."""

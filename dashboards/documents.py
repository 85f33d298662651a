"""Documents on their way (dokument): how far each has come, and the file when it is printed."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from dashboards import view, words
from dashboards.readers import Here, InForum
from dashboards.shown import FOR, in_words
from forum.foundation.audience import Audience
from forum.foundation.errors import NotFound
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.work import documents
from forum.work.documents import Document, Kind, Status
from mapping.periods import Period

router = APIRouter()
ROOM = "/{forum}/dokument/{number}"
PAPER = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
IN_WORD = frozenset({Kind.COUNCIL})
"""What is written for Word too; a test compares it with those who write it."""
STATUS_WORDS = {
    Status.WAITING: N_("waits for its turn"),
    Status.WORKING: N_("is being printed"),
    Status.DONE: N_("ready"),
    Status.FAILED: N_("broke off"),
}
KIND_WORDS = {
    Kind.PICTURE: N_("Situational picture, %(period)s"),
    Kind.COMPILED: N_("Decisions of the forum, %(period)s"),
    Kind.COUNCIL: N_("Yearly report to the council, %(period)s"),
}
CAME_FROM = {
    Kind.PICTURE: (N_("Situational picture"), "lagesbild"),
    Kind.COMPILED: (N_("Decisions of a period"), "protokoll"),
    Kind.COUNCIL: (N_("Yearly report to the council"), "lagesbild/arsrapport"),
}
"""The room in which each kind is asked for."""


@router.get(ROOM + ".pdf")
def hand_out(here: InForum, number: UUID) -> Response:
    """Answer with the document."""
    document = documents.get(here.session, here.member, number)
    if document.content is None:
        raise NotFound
    headers = view.HEADERS | {"Content-Disposition": f'inline; filename="{file_of(document, here.member)}.pdf"'}
    return Response(document.content, media_type=PAPER, headers=headers)


@router.get(ROOM + ".docx")
def hand_out_word(here: InForum, number: UUID) -> Response:
    """Answer with the document as it was written for Word."""
    document = documents.get(here.session, here.member, number)
    if document.word is None:
        raise NotFound
    headers = view.HEADERS | {"Content-Disposition": f'attachment; filename="{file_of(document, here.member)}.docx"'}
    return Response(document.word, media_type=WORD, headers=headers)


@router.get(ROOM)
def show(request: Request, here: InForum, number: UUID) -> HTMLResponse:
    """Show how far a document has come."""
    document = documents.get(here.session, here.member, number)
    each = plain(document, view.language_of(request))
    return view.render(request, "document.html", room="picture", each=each)


def listed(here: Here, kind: Kind, language: str) -> list[dict[str, Any]]:
    """Return the reader's documents of a day, as a page names them."""
    return [plain(document, language) for document in documents.all_of(here.session, here.member, kind)]


def file_of(document: Document, member: Member) -> str:
    """Return what the file is called, without its ending."""
    wanted = document.wanted
    return f"{member.forum_slug}-{wanted['first']}-{wanted['last']}-{document.audience}"


def plain(document: Document, language: str) -> dict[str, Any]:
    """Return a document as a page names it."""
    first, last = (date.fromisoformat(document.wanted[name]) for name in ("first", "last"))
    period = in_words(Period.of_days(first, last), language)
    name, room = CAME_FROM[Kind(document.kind)]
    return {
        "id": document.id,
        "from": {"name": text(name, language), "room": room},
        "form": text(N_("PDF and Word"), language) if document.kind in IN_WORD else "PDF",
        "word": document.kind in IN_WORD,
        "hash": document.hash.hex() if document.hash else "",
        "word_hash": document.word_hash.hex() if document.word_hash else "",
        "title": text(KIND_WORDS[Kind(document.kind)], language, period=period),
        "audience": text(FOR[Audience(document.audience)], language),
        "when": words.moment(document.created_at, language),
        "status": document.status,
        "said": text(STATUS_WORDS[Status(document.status)], language),
        "open": document.open,
    }

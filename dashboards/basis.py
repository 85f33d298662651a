"""The basis (underlaget): what one in the jury may read of an edition, as one PDF with bookmarks, and for Word.

It is made when it is asked for, with that officer's own rights, and kept nowhere: a file that lay ready would go on
saying what a tie that is discovered tomorrow closes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.jury import Seat
from dashboards import office, view, words
from dashboards.jury import InJury
from dashboards.nominations import told
from dashboards.plates import Plate
from dashboards.report import Paper, printed
from forum.foundation import clock, journal
from forum.foundation.language import N_, text
from forum.people.policy import Action, require
from forum.prize import editions, gates, nominations, ties
from forum.prize.jury import OFFICE_WORDS
from forum.prize.nominations import Nomination

router = APIRouter()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Publisher:
    """Whose name stands on every page: the edition's."""

    forum_name: str
    demo: bool


@router.get("/priset/{edition}/underlag.pdf")
def as_pdf(request: Request, seat: InJury) -> Response:
    """Hand out the basis on paper."""
    said, publisher, paper = _made(request, seat)
    return _file(
        printed("basis_report.html", publisher, paper, said=said), "application/pdf", f"{seat.edition.slug}.pdf"
    )


@router.get("/priset/{edition}/underlag.docx")
def as_word(request: Request, seat: InJury) -> Response:
    """Hand out the basis for Word."""
    said, publisher, paper = _made(request, seat)
    return _file(written(publisher, paper, said), WORD, f"{seat.edition.slug}.docx")


def _file(content: bytes, kind: str, name: str) -> Response:
    kept = {"Content-Disposition": f'attachment; filename="underlag-{name}"'}
    return Response(content, media_type=kind, headers=view.HEADERS | kept)


def _made(request: Request, seat: Seat) -> tuple[dict[str, Any], Publisher, Paper]:
    require(seat.officer, Action.BASIS_PRINT)
    language, officer, edition = view.language_of(request), seat.officer, seat.edition
    publisher = Publisher(edition.name, edition.demo)
    said = _said(seat, language)
    editions.note(seat.session, officer, journal.Entry("read:basis", "edition", edition.id, {}))
    whose = ", ".join(
        dict.fromkeys((text(OFFICE_WORDS[officer.role], language), officer.title or officer.organisation))
    )
    paper = Paper(
        language=language,
        title=text(N_("Basis for the jury: %(name)s"), language, name=edition.name),
        period=text(N_("for %(office)s alone"), language, office=whose),
        audience=edition.theme,
        state=text(N_("Made %(when)s"), language, when=words.moment(clock.now(), language)),
        seal=hashlib.sha256(journal.canonical(said)).hexdigest(),
    )
    return said, publisher, paper


def _said(seat: Seat, language: str) -> dict[str, Any]:
    """Return all that is printed: of what is closed to the reader its cover, and whether they are tied."""
    own, edition = ties.of_mine(seat.session, seat.officer), seat.edition
    covers = nominations.covers(seat.session, seat.officer)
    opened = ties.opened(seat.officer, own)
    return {
        "criteria": [
            {"name": each.name(language), "levels": [level.name(language) for level in each.levels]}
            for each in (*edition.must, *edition.considered)
        ],
        "nominations": [
            _open(seat, each, language)
            if each.id in opened
            else _cover(each) | {"open": False, "tied": each.id in own and own[each.id].excludes}
            for each in covers
        ],
    }


def _cover(nomination: Nomination) -> dict[str, Any]:
    lines = [" > ".join(line) for line in ties.lines_of(nomination)]
    return {"nr": nomination.nr, "title": nomination.title, "organisations": lines}


def _open(seat: Seat, nomination: Nomination, language: str) -> dict[str, Any]:
    cover = _cover(nomination)
    found = told(seat.session, seat.officer, nomination, language)
    gate = gates.of(seat.session, seat.edition, nomination).found
    return cover | {
        "open": True,
        "gate": [(criterion.name(language), verdict.met, verdict.reason) for criterion, verdict in gate if verdict],
        "parts": list(found["parts"].values()),
        "limits": found["limits"],
        "records": [(each["who"], each["did"]) for each in found["records"]],
        "cards": [
            {name: card[name] for name in ("title", "said", "difference", "counts")} | {"drawn": _drawn(card["plates"])}
            for card in found["cards"]
        ],
        "evidence": [(each["nr"], each["kind"], each["title"]) for each in found["evidence"]],
        "asked": found["asked"],
        "seal": found["seal"],
    }


def _drawn(plates: Iterable[Plate]) -> list[dict[str, Any]]:
    """Return the drawings of a card for paper, with what stands around each."""
    return [
        {
            "heading": each.heading,
            "said": each.said.text,
            "method": each.method,
            "picture": each.printed,
            "alt": each.alt,
        }
        for each in plates
    ]


def written(publisher: Publisher, paper: Paper, said: dict[str, Any]) -> bytes:
    """Return the basis for Word, with the headings that its navigation shows."""
    document, language = office.begun(publisher, paper), paper.language
    document.add_heading(text(N_("The criteria"), language), 1)
    for criterion in said["criteria"]:
        document.add_heading(criterion["name"], 2)
        for level, each in enumerate(criterion["levels"], 1):
            document.add_paragraph(f"{level}. {each}")
    for each in said["nominations"]:
        document.add_heading(f"{each['nr']}. {each['title']}", 1)
        document.add_paragraph(" · ".join(each["organisations"]))
        if each["open"]:
            _write(document, each, language)
        else:
            document.add_paragraph(text(N_("tied") if each["tied"] else N_("not open to you yet"), language))
    return office.bytes_of(document)


def _write(document: Document, each: dict[str, Any], language: str) -> None:
    """Append what one nomination says."""
    for name, met, reason in each["gate"]:
        found = text(N_("Met: %(why)s"), language, why=reason) if met else f"{text(N_('Not met'), language)}. {reason}"
        document.add_paragraph(f"{name}: {found}")
    for part in each["parts"]:
        document.add_heading(part["label"], 2)
        document.add_paragraph(part["said"])
    for card in each["cards"]:
        document.add_heading(card["title"], 2)
        document.add_paragraph(" ".join(filter(None, (card["said"], card["difference"]))))
        if card["counts"]:
            head = [text(word, language) for word in (N_("Where"), N_("Before"), N_("After"))]
            office.table(document, head, [[str(cell) for cell in row] for row in card["counts"]])
    for limit in each["limits"]:
        document.add_paragraph(limit)
    for who, did in each["records"]:
        document.add_paragraph(f"{who}: {did}", style="List Bullet")
    _write_asked(document, each["asked"], language)
    if each["evidence"]:
        head = [text(word, language) for word in (N_("Number"), N_("Kind"), N_("Title"))]
        office.table(document, head, [[str(cell) for cell in row] for row in each["evidence"]])


def _write_asked(document: Document, asked: dict[str, Any] | None, language: str) -> None:
    if asked is not None:
        document.add_heading(text(N_("The secretary asks"), language), 2)
        document.add_paragraph(asked["words"])
        document.add_paragraph(asked["answer"] or "–")

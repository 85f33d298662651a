"""A nomination as the jury reads it (att läsa): the chain back on top, limits first, each evidence a click away.

Everything on these pages is what the nomination itself brought, as everybody may see it; of the forums behind it the
jury is told only since which day there is something newer. Who may not read it gets what they would get without it.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.deps import SessionDep
from dashboards import prize, supplied, view, words
from dashboards.prize import Slug
from dashboards.readers import SignedIn
from forum.foundation.errors import NotFound
from forum.foundation.language import N_, text
from forum.prize import contents, evidence, jury, nominations, packs, sources, supplements, ties
from forum.prize.contents import PARTS
from forum.prize.evidence import Evidence, Kind
from forum.prize.jury import Officer
from forum.prize.nominations import Nomination

router = APIRouter()
Nr = Annotated[int, Path(ge=1, le=100_000)]
PDF = {"Content-Disposition": 'attachment; filename="underlag.pdf"', "Content-Security-Policy": "sandbox"}
CHAIN = {
    Kind.PICTURE: N_("Picture"),
    Kind.DECISION: N_("Decision of a meeting"),
    Kind.MINUTES: N_("Minutes"),
    Kind.EFFECT: N_("Effect"),
}
"""The links of the chain in its order, by the evidence that shows them."""


def told(session: Session, officer: Officer, nomination: Nomination, language: str) -> dict[str, Any]:
    """Return what `nomination_body.html` shows of a nomination that is open to the reader."""
    ties.require_open(session, officer, nomination)
    content = contents.of_cover(session, officer, nomination)
    held = evidence.of_nomination(session, officer, nomination)
    asked, sealed = supplements.of_nomination(session, nomination), packs.of_nomination(session, nomination)
    newer, there = sources.moved_on(session, held), supplied.of_mine(session)
    shown = [supplied.in_words(each, language, there) for each in held]
    jury.acting(session, officer.account_id, officer.edition_slug)
    answer = asked.answer if asked else ""
    records = contents.records_of(session, nomination)
    cards = [{"nr": each["nr"], "title": each["title"], **each["card"]} for each in shown if each["card"]]
    return {
        "parts": {name: {"label": text(PARTS[name], language), "said": said} for name, said in content.items()},
        "mapped": any(Kind(each.kind) is not Kind.DOCUMENT for each in held),
        "limits": [limit for card in cards for limit in card["limits"]],
        "cards": cards,
        "evidence": shown,
        "chain": _chain(held, shown, language),
        "records": supplied.records(records, language),
        "unseen": sources.unseen(nomination.named, records) if records else [],
        "newer": {nr: words.day(day, language, weekday=False) for nr, day in newer.items()},
        "asked": {"words": asked.words, "answer": asked.answer} if asked else None,
        "seal": bytes(sealed[0].hash).hex()[:16] if sealed else "",
        "intact": not sealed or packs.intact(session, nomination, sealed[0], answer),
        "sent": words.day(nomination.submitted_at, language) if nomination.submitted_at else "",
    }


def _chain(held: list[Evidence], shown: list[dict[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return the steps back from the nomination, each leading to the first evidence of its kind."""
    first: dict[Kind, dict[str, Any]] = {}
    for each, said in zip(held, shown, strict=True):
        first.setdefault(Kind(each.kind), said)
    return [
        {"name": text(name, language), "say": first[kind]["title"], "nr": first[kind]["nr"]}
        for kind, name in CHAIN.items()
        if kind in first
    ]


@router.get("/priset/{edition}/nomineringar/{nr}/underlag/{piece}")
def show(request: Request, session: SessionDep, account_id: SignedIn, edition: Slug, nr: Nr, piece: Nr) -> HTMLResponse:
    """Show one piece of evidence with its source and its hash."""
    officer, nomination, found = _found(request, session, account_id, edition, nr, piece)
    language = view.language_of(request)
    newer = sources.moved_on(session, [found]).get(found.nr)
    context: dict[str, Any] = {
        "room": "prize",
        "edition": {"slug": officer.edition_slug},
        "nomination": {"nr": nomination.nr, "title": nomination.title},
        "each": supplied.in_words(found, language, supplied.of_mine(session)),
        "newer": words.day(newer, language, weekday=False) if newer else "",
    }
    return view.render(request, "evidence.html", **context)


@router.get("/priset/{edition}/nomineringar/{nr}/underlag/{piece}/dokument")
def document(request: Request, session: SessionDep, account_id: SignedIn, edition: Slug, nr: Nr, piece: Nr) -> Response:
    """Hand out a document that was brought, to be saved."""
    _, _, found = _found(request, session, account_id, edition, nr, piece)
    if found.document is None:
        raise NotFound
    return Response(found.document, media_type="application/pdf", headers=view.HEADERS | PDF)


def _found(
    request: Request, session: Session, account_id: UUID, slug: str, nr: int, piece: int
) -> tuple[Officer, Nomination, Evidence]:
    """Return a piece of evidence of what is open to whoever asks, as somebody in the jury."""
    prize.admit(request, session, account_id)
    officer, _ = jury.acting(session, account_id, slug)
    nomination = nominations.cover(session, officer, nr)
    ties.require_open(session, officer, nomination)
    return officer, nomination, evidence.get(session, officer, nomination, piece)

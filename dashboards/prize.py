"""The prize for everybody (Priset): its years with theme and winner, and the page of one; without signing in.

Before the ceremony a page tells nothing of what was nominated, whoever reads it; one's own stands there for oneself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from api.deps import SessionDep
from dashboards import supplied, view, words
from dashboards.readers import Anybody
from dashboards.view import Choice
from forum.foundation import clock
from forum.foundation.errors import NotFound
from forum.foundation.language import N_, text
from forum.people import forums
from forum.prize import archive, editions, jury, methods, nominations
from forum.prize.archive import Earlier, Winner
from forum.prize.criteria import Criterion
from forum.prize.editions import PHASE_WORDS, Edition, Phase

router = APIRouter()
Slug = Annotated[str, Path(max_length=40)]
ATOM = "application/atom+xml"


@router.get("/priset")
def show_all(request: Request, session: SessionDep, account_id: Anybody) -> HTMLResponse:
    """Show every edition of the prize, the newest first."""
    admit(request, session, account_id)
    held = editions.all_of(session)
    opened = [edition for edition in held if edition.opened_at is not None]
    language = view.language_of(request)
    return view.render(
        request,
        "prize.html",
        room="prize",
        rows=[_row(session, each, language) for each in archive.listed(opened)],
        under_way=[_under_way(each, language) for each in opened if each.phase is not Phase.ANNOUNCED],
        offices=_offices(session, account_id, language),
        nominated=_nominated(session, account_id, language),
    )


@router.get("/priset/{edition}")
def show(request: Request, session: SessionDep, account_id: Anybody, edition: Slug) -> HTMLResponse:
    """Show an edition: what it asks for and when, and from the ceremony on who got the prize and why."""
    admit(request, session, account_id)
    language = view.language_of(request)
    try:
        found = editions.by_slug(session, edition)
    except NotFound:
        return _show_earlier(request, edition, language)
    offices = {held.id: office for office, held in (jury.mine(session, account_id) if account_id else ())}
    shown = _shown(found, language) | {
        "winners": [_won(session, each, language) for each in archive.winners(session, found)],
        "no_award": archive.no_award(session, found),
        "office": text(jury.OFFICE_WORDS[office.role], language) if (office := offices.get(found.id)) else "",
    }
    return view.render(request, "edition.html", room="prize", edition=shown, earlier=None)


@router.get("/feeds/priset")
def feed(request: Request, session: SessionDep) -> Response:
    """Return the announced winners as an Atom feed, the newest first."""
    announced = [each for each in editions.all_of(session) if each.opened_at and each.phase is Phase.ANNOUNCED]
    entries = [(each, winner) for each in announced for winner in archive.winners(session, each)]
    page = view.environment().get_template("prize_feed.xml").render(
        base=request.app.state.settings.base_url.rstrip("/"),
        updated=clock.stamp(max((each.ceremony_at for each, _ in entries), default=clock.midnight(archive.BEGAN))),
        entries=[
            {"slug": each.slug, "id": winner.id, "title": f"{each.year}: {winner.name}", "citation": winner.citation,
             "at": clock.stamp(each.ceremony_at)}
            for each, winner in entries
        ],
    )  # fmt: skip
    return Response(page, media_type=ATOM, headers={"Cache-Control": "public, max-age=300"})


def admit(request: Request, session: Session, account_id: UUID | None) -> None:
    """Let the page name the forums of whoever is signed in: the prize stands beside them, in none."""
    if account_id is not None:
        own = tuple(Choice(forum.slug, forum.name) for forum in forums.mine(session))
        request.state.reader = replace(view.reader_of(request), forums=own)


def _show_earlier(request: Request, slug: str, language: str) -> HTMLResponse:
    found = archive.of_address(slug)
    if found is None:
        raise NotFound
    shown = {
        "slug": slug,
        "year": found.year,
        "name": found.name(language),
        "themes": [{"words": each.words, "source": each.source.name(language)} for each in found.themes],
        "sum_kr": found.sum_kr,
        "days": _days_of(found, language),
        "winners": [_winner(each, language) for each in found.winners],
        "sources": [source.name(language) for source in found.sources],
    }
    return view.render(request, "edition.html", room="prize", edition=shown, earlier=found)


def _days_of(found: Earlier, language: str) -> list[tuple[str, str]]:
    told = (
        (N_("Nominations from"), found.opens_on),
        (N_("Last day to nominate"), found.closes_on),
        (N_("Ceremony"), found.ceremony_on),
    )
    return [(text(name, language), words.day(day, language)) for name, day in told if day]


def _row(session: Session, each: Edition | Earlier, language: str) -> dict[str, Any]:
    if isinstance(each, Earlier):
        names = [winner.name for winner in each.winners]
        themes, announced = [theme.words for theme in each.themes], True
    else:
        names = [winner.name for winner in archive.winners(session, each)]
        themes, announced = [each.theme], each.phase is Phase.ANNOUNCED
    return {
        "slug": each.slug,
        "year": each.year,
        "themes": themes,
        "winners": names,
        "unknown": isinstance(each, Earlier),
        "phase": "" if isinstance(each, Earlier) or announced else text(PHASE_WORDS[each.phase], language),
    }


def _under_way(edition: Edition, language: str) -> dict[str, Any]:
    return {
        "slug": edition.slug,
        "name": edition.name,
        "theme": edition.theme,
        "phase": text(PHASE_WORDS[edition.phase], language),
        "open": is_open(edition),
        "until": words.day(edition.closes_on, language),
    }


def is_open(edition: Edition) -> bool:
    """Tell whether one may nominate now."""
    return edition.opened_at is not None and edition.phase is Phase.OPEN


def _offices(session: Session, account_id: UUID | None, language: str) -> list[dict[str, Any]]:
    """Return the offices of whoever is signed in, each with where its work is."""
    held = jury.mine(session, account_id) if account_id else []
    return [
        {
            "slug": edition.slug,
            "name": edition.name,
            "office": text(jury.OFFICE_WORDS[office.role], language),
            "draft": edition.opened_at is None,
        }
        for office, edition in held
    ]


def _nominated(session: Session, account_id: UUID | None, language: str) -> list[dict[str, Any]]:
    """Return what whoever is signed in has nominated, which they alone are told of here."""
    held = nominations.all_mine(session, account_id) if account_id else []
    return [supplied.listed(each, language) | {"slug": edition.slug, "name": edition.name} for each, edition in held]


def _shown(edition: Edition, language: str) -> dict[str, Any]:
    return {
        "slug": edition.slug,
        "year": edition.year,
        "name": edition.name,
        "themes": [{"words": edition.theme, "source": ""}],
        "about": edition.about,
        "sum_kr": edition.sum_kr,
        "most": edition.winners_most,
        "phase": text(PHASE_WORDS[edition.phase], language),
        "announced": edition.phase is Phase.ANNOUNCED,
        "open": is_open(edition),
        "draft": edition.opened_at is None,
        "stopped": edition.stopped_at is not None,
        "until": words.day(edition.closes_on, language),
        "phases": phases(edition, language),
        "must": [each.name(language) for each in edition.must],
        "considered": [considered(each, language) for each in edition.considered],
        "weighted": len({each.weight for each in edition.considered}) > 1,
        "seal": edition.rules_hash.hex() if edition.rules_hash else "",
    }


def considered(criterion: Criterion, language: str) -> dict[str, Any]:
    """Return a criterion that is considered, with its levels in words."""
    levels = [level.name(language) for level in criterion.levels]
    return {"name": criterion.name(language), "weight": criterion.weight, "levels": levels}


def phases(edition: Edition, language: str) -> list[dict[str, str]]:
    """Return the steps of the year with their days: which is behind, which is now."""
    order, now = list(Phase), list(Phase).index(edition.phase)
    first, last = edition.closes_on + editions.ONE_DAY, edition.assess_from - editions.ONE_DAY
    decided = words.day(edition.ceremony_at, language, weekday=False)
    told = {
        Phase.OPEN: (N_("Nominations"), words.period(edition.opens_on, edition.closes_on, language)),
        Phase.PREPARING: (N_("The basis is completed"), words.period(first, last, language) if first <= last else "–"),
        Phase.ASSESSING: (N_("The jury assesses"), words.period(edition.assess_from, edition.assess_until, language)),
        Phase.DECIDING: (N_("The jury decides"), text(N_("until %(day)s"), language, day=decided)),
        Phase.ANNOUNCED: (N_("Ceremony"), words.moment(edition.ceremony_at, language)),
    }  # fmt: skip
    return [
        {
            "name": text(name, language),
            "say": said,
            "url": "",
            "state": "here" if order.index(phase) == now else "done" if order.index(phase) < now else "later",
        }
        for phase, (name, said) in told.items()
    ]


def _won(session: Session, winner: Winner, language: str) -> dict[str, Any]:
    method = methods.of_nomination(session, winner.nomination.id) if winner.nomination else None
    there = supplied.of_mine(session)
    stands_on = [supplied.of_award(each, language, there) for each in winner.award.evidence] if winner.award else []
    return _winner(winner, language) | {"method": method.id if method else None, "evidence": stands_on}


def _winner(winner: Winner, language: str) -> dict[str, Any]:
    return {
        "name": winner.name,
        "paragraphs": [part for part in winner.citation.split("\n") if part.strip()],
        "source": winner.source.name(language) if winner.source else "",
        "cited_in": winner.cited_in.name(language) if winner.cited_in else "",
        "organisations": winner.nomination.named if winner.nomination else [],
        "seal": bytes(winner.award.hash).hex() if winner.award else "",
        "method": None,
        "evidence": [],
    }

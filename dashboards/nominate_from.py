"""Nominating from a forum (nominera härifrån): a member begins at the forum, a place or a measure; the chain fills in.

What is filled in are facts that everybody may know: counts where they single out nobody, titles of what was carried
out, what an effect card says and what limits it. The words are the member's to change.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import reference_of
from api.errors import status_of
from dashboards import supplied, view, words
from dashboards.readers import Here, InForum
from dashboards.view import Form, plain
from forum.foundation import rights
from forum.foundation.errors import Conflict, ForumError, NotFound
from forum.foundation.language import N_, text
from forum.prize import editions, evidence, nominations, sending, sources
from forum.prize.editions import Edition, Phase
from forum.prize.evidence import Kind
from forum.prize.nominations import Nomination, nominator_of
from forum.prize.sources import Drawn
from forum.register import places
from forum.work import measures

router = APIRouter()


@router.get("/{forum}/nominera")
def ask(request: Request, here: InForum) -> HTMLResponse:
    """Show what a nomination from here is filled in with, and let the member begin."""
    return _page(request, here, plain(request.query_params, "from"), plain(request.query_params, "nr"))


@router.post("/{forum}/nominera")
def begin(request: Request, here: InForum, form: Form) -> Response:
    """Begin the nomination, filled in from the chain."""
    kind, nr = plain(form, "from"), plain(form, "nr")
    session, member = here.session, here.member
    try:
        edition = _open_edition(here)
        drawn = _drawn(here, kind, nr)
        language = view.language_of(request)
        rights.become(session, rights.Principal(member.account_id, member.member_id))
        nomination = nominations.begin(session, member, edition)
        sending.fill(session, nomination, edition, drawn, facts(drawn, language))
    except NotFound:
        raise
    except ForumError as error:
        session.rollback()
        return _page(request, here, kind, nr, status=status_of(error), refused=error.say(view.language_of(request)))
    return view.go(request, f"/priset/{edition.slug}/mina/{nomination.nr}")


@router.post("/{forum}/nominera/underlag")
def lend(request: Request, here: InForum, form: Form) -> Response:
    """Add what is ticked to a nomination that the member has begun here."""
    kind, nr = plain(form, "from"), plain(form, "nr")
    ticked = [value for value in form.getlist("source") if isinstance(value, str)]
    wanted = [each for each in map(reference_of, ticked) if isinstance(each, UUID)]
    try:
        edition = _open_edition(here)
        chain = _drawn(here, kind, nr)
        draft = _draft(here, edition, plain(form, "draft"))
        sending.lend(here.session, draft, edition, chain, wanted)
    except NotFound:
        raise
    except ForumError as error:
        here.session.rollback()
        return _page(request, here, kind, nr, ticked=ticked, **view.again(request, error, form, ("source",)))
    return view.go(request, f"/priset/{edition.slug}/mina/{draft.nr}", done="lent")


def _begun(here: Here, edition: Edition) -> list[Nomination]:
    """Return what the member has begun in this forum and not sent in, the newest first."""
    account, forum = here.member.account_id, here.member.forum_id
    mine = nominations.mine(here.session, account, edition) if account else []
    return [each for each in mine if each.forum_id == forum and each.status in nominations.UNSENT]


def _draft(here: Here, edition: Edition, nr: str) -> Nomination:
    found = next((each for each in _begun(here, edition) if str(each.nr) == nr), None)
    if found is None:
        raise NotFound
    return found


def _open_edition(here: Here) -> Edition:
    """Return the edition in which one can nominate now."""
    found = [each for each in editions.all_of(here.session) if each.opened_at and each.phase is Phase.OPEN]
    if not found:
        message, remedy = N_("No prize can be nominated for now."), N_("The pages of the prize say when one can.")
        raise Conflict(message, remedy=remedy)
    return found[0]


def _drawn(here: Here, kind: str, nr: str) -> Drawn:
    if kind == "measure":
        return sources.of_measure(here.session, here.member, measures.get(here.session, here.member, reference_of(nr)))
    if kind == "place":
        return sources.of_place(here.session, here.member, places.get(here.session, here.member, reference_of(nr)))
    if kind != "forum":
        raise NotFound
    return sources.of_forum(here.session, here.member)


def facts(drawn: Drawn, language: str) -> dict[str, str]:
    """Return the first text of a nomination: facts alone."""
    said: dict[str, str] = {}
    if drawn.deviations is not None and drawn.reporters is not None:
        message = N_("%(count)s deviations were registered at %(place)s, by %(who)s organisations.")
        count, who = words.number(drawn.deviations, language), words.number(drawn.reporters, language)
        said["problem"] = text(message, language, count=count, who=who, place=drawn.place)
    if drawn.measures:
        said["done"] = text(N_("Carried out: %(what)s."), language, what="; ".join(drawn.measures))
    card = next((each for each in drawn.snapshots if each.kind is Kind.EFFECT), None)
    if card is not None:
        told = supplied.card(card.content, language)
        said["results"] = told["said"]
        said["method"] = text(
            N_("A frozen effect card: before and after, beside a control and the rings around."), language
        )
        said["limits"] = " ".join(told["limits"])
    return said


def _page(request: Request, here: Here, kind: str, nr: str, *, status: int = 200, **more: Any) -> HTMLResponse:
    language = view.language_of(request)
    drawn, edition, closed = _drawn(here, kind or "forum", nr), None, ""
    try:
        edition = _open_edition(here)
    except Conflict as error:
        closed = error.say(language)
    drafts = _begun(here, edition) if edition else []
    held = {each.nr: evidence.sources_of(here.session, nominator_of(each), each) for each in drafts}
    context: dict[str, Any] = {
        "kind": kind or "forum",
        "nr": nr,
        "edition": supplied.of_edition(edition, language) if edition else None,
        "closed": closed,
        "place": drawn.place,
        "records": supplied.records(drawn.records, language),
        "drafts": [(each.nr, each.title) for each in drafts],
        "evidence": [
            supplied.offered(each, language)
            | {"source": str(each.source_id), "in": [n for n, there in held.items() if each.source_id in there]}
            for each in drawn.snapshots
        ],
        "facts": list(facts(drawn, language).values()),
        "ticked": (),
        "refused": "",
    }
    return view.render(request, "nominate_from.html", status=status, **context | more)

"""The room of notices (notiser): what one is told, what comes by mail, and the address of one's calendar."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from api.deps import SessionDep
from dashboards import view, words
from dashboards.measure import names_in
from dashboards.readers import Anybody, Here, InForum
from dashboards.view import Form, plain
from forum.foundation import clock, rights
from forum.foundation.errors import NotFound
from forum.foundation.language import N_, text
from forum.people import calendars, subscriptions
from forum.people.subscriptions import Topic
from forum.work import news
from forum.work.news import News
from forum.work.notices import Kind

router = APIRouter()
ROOM = "/{forum}/notiser"
DECLINED = "/avanmal/{token}"
SAID = {
    Kind.ASSIGNED: N_("%(owner)s is asked to carry out a measure by %(due)s"),
    Kind.OVERDUE: N_("A measure of %(owner)s should have been done by %(due)s"),
    Kind.REOPENED: N_("A measure is taken up again"),
    Kind.DECLINED: N_("A measure is declined by its owner"),
    Kind.HANDED_OVER: N_("A measure is handed over to somebody outside"),
}
SAVED = {
    "mail": N_("Your choice is saved."),
    "calendar": N_("The address is taken away. Whoever has it is told nothing more."),
}
PLACE = N_("The work at a place is taken up again")
TOPICS = {
    Topic.NOTICES: N_("Notices by mail, each when it comes"),
    Topic.DIGEST: N_("What came of our deviations by mail, once a week when something has happened"),
}


def sentence(about: News, owner: str, language: str) -> str:
    """Return what a notice tells, without the title of what it is about."""
    if about.measure is None:
        return text(PLACE, language)
    due = words.day(about.notice.due_on or about.measure.due_on, language, weekday=False)
    return text(SAID[Kind(about.notice.kind)], language, owner=owner, due=due)


def path_of(slug: str, about: News) -> str:
    """Return the address of what a notice is about."""
    return f"/{slug}/atgarder/{about.measure.nr}" if about.measure else f"/{slug}/platser/{about.place.nr}"


@router.get(ROOM)
def show(request: Request, here: InForum) -> HTMLResponse:
    """Show the notices; what is shown has been read."""
    said = SAVED.get(request.query_params.get("done", ""), "")
    return room(request, here, done=text(said, view.language_of(request)) if said else "")


def room(request: Request, here: Here, *, done: str = "", address: str = "") -> HTMLResponse:
    """Return the page; `address` is that of a calendar, which is shown once."""
    session, member, language = here.session, here.member, view.language_of(request)
    shown, names = news.all_of(session, member), names_in(here)
    news.mark_read(session, member, shown)
    request.state.reader = replace(view.reader_of(request), unread=0)
    wanted, made = subscriptions.of(session, member), calendars.made_at(session, member)
    return view.render(
        request,
        "notices.html",
        room="notices",
        done=done,
        listed=[_line(here, each, names, language) for each in shown],
        topics=[(topic.value, text(said, language), wanted[topic]) for topic, said in TOPICS.items()],
        mails=request.app.state.settings.smtp_url is not None,
        address=address,
        made=words.moment(made, language) if made else "",
    )


def _line(here: Here, each: News, names: dict[UUID, str], language: str) -> dict[str, Any]:
    owner = names.get(each.measure.owner_id, "–") if each.measure else ""
    return {
        "when": words.moment(each.notice.at, language),
        "iso": clock.stamp(each.notice.at),
        "said": sentence(each, owner, language),
        "title": each.measure.title if each.measure else each.place.name,
        "place": each.place.name if each.measure else "",
        "path": path_of(here.member.forum_slug, each),
        "new": not each.read,
    }


@router.post(ROOM)
def choose(request: Request, here: InForum, form: Form) -> Response:
    """Choose what comes by mail."""
    subscriptions.choose(here.session, here.member, {topic: plain(form, topic) == "yes" for topic in Topic})
    return view.go(request, f"/{here.member.forum_slug}/notiser", done="mail")


# --- the calendar ----------------------------------------------------------------------------------------------------


@router.post(ROOM + "/kalender")
def make_calendar(request: Request, here: InForum, _: Form) -> HTMLResponse:
    """Make a secret address for a calendar program, and show it this once."""
    secret = calendars.make(here.session, here.member)
    at = str(request.base_url).rstrip("/").removesuffix(view.ENGLISH)
    return room(request, here, address=f"{at}/calendar/{secret}.ics")


@router.post(ROOM + "/kalender/bort")
def take_calendar_away(request: Request, here: InForum, _: Form) -> Response:
    """Let the address lead nowhere."""
    calendars.take_away(here.session, here.member)
    return view.go(request, f"/{here.member.forum_slug}/notiser", done="calendar")


# --- declining from a mail, without signing in (RFC 8058) -------------------------------------------------------------


def decline_path(secret: str, forum_id: UUID, member_id: UUID, topic: Topic) -> str:
    """Return the address under which whoever has a letter declines more of its kind, and can do nothing else."""
    said = f"{forum_id.hex}-{member_id.hex}-{topic}"
    return f"/avanmal/{said}-{_seal(secret, said)}"


def _seal(secret: str, said: str) -> str:
    return hmac.new(secret.encode(), f"decline|{said}".encode(), "sha256").hexdigest()


class Sealed(NamedTuple):
    """What an address says that only a letter of ours has."""

    forum_id: UUID
    member_id: UUID
    topic: Topic


def sealed(request: Request, token: str) -> Sealed:
    """Return what the address says; refuses one that we have not sealed.

    It stands in for the token of a form: a mail program sends no form of ours, and no other site knows the address.
    """
    said, _, seal = token.rpartition("-")
    if not hmac.compare_digest(seal.encode(errors="replace"), _seal(request.app.state.secret, said).encode()):
        raise NotFound
    forum_id, member_id, topic = said.split("-")
    return Sealed(UUID(forum_id), UUID(member_id), Topic(topic))


SealedDep = Annotated[Sealed, Depends(sealed)]


@router.get(DECLINED)
def ask(request: Request, _: Anybody, token: str, sent: SealedDep) -> HTMLResponse:
    """Ask whether to decline; opening the address changes nothing."""
    said = text(TOPICS[sent.topic], view.language_of(request))
    return view.render(request, "decline.html", token_=token, topic=said, done=False)


@router.post(DECLINED)
def decline(request: Request, session: SessionDep, _: Anybody, token: str, sent: SealedDep) -> HTMLResponse:
    """Decline; a mail program sends this by itself when its button is pressed."""
    with rights.kept(session):
        rights.become(session, rights.Principal(system=sent.forum_id))
        subscriptions.decline(session, *sent)
    said = text(TOPICS[sent.topic], view.language_of(request))
    return view.render(request, "decline.html", token_=token, topic=said, done=True)

"""The minutes' page (protokollet): read, adjusted by a second member, sealed by a job, fetched as they were sealed."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.errors import status_of
from api.meetings import MEDIA, meeting_of
from dashboards import minuted, view, words
from dashboards.readers import Here, InForum
from dashboards.shown import FOR
from dashboards.view import Form, plain
from forum.foundation.audience import Audience
from forum.foundation.errors import ForumError, NotFound
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.people.policy import Action, may
from forum.work import meetings, minutes
from forum.work.meetings import Meeting, Status
from forum.work.minutes import Form as Kind
from forum.work.minutes import Sealed

router = APIRouter()
PAGE = "/{forum}/moten/{day}/protokoll"
BODY = re.compile(r"<!--said-->(.*)<!--/said-->", re.DOTALL)
"""What of a sealed page is shown within ours."""


@router.get(PAGE)
def show(request: Request, here: InForum, day: str) -> HTMLResponse:
    """Show the minutes: as they now are, or as they were sealed."""
    return _page(request, here, meeting_of(here.session, here.member, day))


@router.post(PAGE + "/justera")
def adjust(request: Request, here: InForum, day: str, form: Form) -> Response:
    """Adjust the minutes that another member has written."""
    meeting = meeting_of(here.session, here.member, day)
    seen = plain(form, "version")
    try:
        meetings.adjust(here.session, here.member, meeting, int(seen) if seen.isdecimal() else None)
    except ForumError as error:
        here.session.rollback()
        wrong = view.refusal(request, error)
        said = wrong["refused"] or " ".join(wrong["errors"].values())
        meeting = meeting_of(here.session, here.member, day)
        return _page(request, here, meeting, status=status_of(error), refused=said)
    return view.go(request, f"/{here.member.forum_slug}/moten/{meeting.day}/protokoll", done="adjusted")


@router.get(PAGE + "-{audience}.{kind}")
def fetch(here: InForum, day: str, audience: Audience, kind: Kind) -> Response:
    """Hand out the minutes as they were sealed."""
    meeting = meeting_of(here.session, here.member, day)
    sealed = minutes.get(here.session, here.member, meeting, audience, kind)
    name = f"protokoll-{here.member.forum_slug}-{meeting.day}-{FILES[audience]}.{kind}"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Content-Security-Policy": SEALED_OFF}
    return Response(sealed.content, media_type=MEDIA[kind], headers=view.HEADERS | headers)


FILES = {Audience.FORUM: "forumet", Audience.AUTHORITIES: "bilaga", Audience.PUBLIC: "alla"}
SEALED_OFF = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""The rights of a sealed page: to be read, and to reach nothing."""


def _page(request: Request, here: Here, meeting: Meeting, *, status: int = 200, refused: str = "") -> HTMLResponse:
    language, annexed = view.language_of(request), minuted.has_annex(here.session, here.member, meeting)
    annex = bool(request.query_params.get("bilaga"))
    if Status(meeting.status) not in meetings.BEGUN or (annex and not annexed):
        raise NotFound
    audience = Audience.AUTHORITIES if annex else Audience.FORUM
    sealed = [s for s in minutes.of_meeting(here.session, here.member, meeting) if s.audience == audience]
    body = _sealed_body(sealed)
    said = None if body else minuted.of(here.session, here.member, meeting, audience, language)
    done = text(N_("The minutes are adjusted, and are being sealed."), language)
    context: dict[str, Any] = {
        "room": "meetings",
        "meeting": meeting,
        "day": words.day(meeting.day, language),
        "title": minuted.title_of(meeting, audience, language),
        "annex": annex,
        "annex_link": annexed,
        "for_whom": text(FOR[audience], language),
        "state": text(meetings.STATUS_WORDS[Status(meeting.status)], language),
        "refused": refused,
        "done": done if request.query_params.get("done") == "adjusted" and not sealed else "",
        "adjusting": Status(meeting.status) is Status.HELD and may(here.member, Action.MEETING_ADJUST),
        "sealed": [_file(here.member, meeting, each) for each in sealed],
        "body": body,
        "said": said,
    }
    return view.render(request, "minutes.html", status=status, **context)


def _file(member: Member, meeting: Meeting, sealed: Sealed) -> dict[str, str]:
    address = f"/{member.forum_slug}/moten/{meeting.day}/protokoll-{sealed.audience}.{sealed.form}"
    return {"form": sealed.form.upper(), "hash": bytes(sealed.hash).hex(), "address": address}


def _sealed_body(sealed: list[Sealed]) -> str:
    """Return what the sealed page says; our own template has escaped it."""
    page = next((each for each in sealed if each.form == Kind.HTML), None)
    found = BODY.search(page.content.decode()) if page else None
    return found[1] if found else ""

"""The sealing that a job does (försegling): adjusted minutes in each form and for each audience, as bytes that stay.

Apart from the room, so that no web process loads what prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import minuted, minutes_docx, view
from dashboards.minuted import Minutes
from dashboards.report import FONTS, Paper, pdf
from forum.foundation.audience import Audience
from forum.foundation.language import Language
from forum.people import forums, members
from forum.people.members import Member
from forum.work import invitations, meetings, minutes
from forum.work.meetings import Status
from forum.work.minutes import Form


def seal(session: Session, meeting_id: UUID, slug: str) -> None:
    """Write the minutes of a meeting that were adjusted, in each form and for each audience, and seal them."""
    forum = forums.of_slug(session, slug)
    member = members.system(session, forum.id, forum.slug, forum.name, demo=forum.demo)
    meeting = meetings.get(session, member, meeting_id)
    if Status(meeting.status) is not Status.ADJUSTED:
        return  # another worker has sealed them
    audiences = [Audience.FORUM]
    if minuted.has_annex(session, member, meeting):
        audiences.append(Audience.AUTHORITIES)
    made: dict[tuple[Audience, Form], bytes] = {}
    for audience in audiences:
        said = minuted.of(session, member, meeting, audience, Language.SV)
        made[audience, Form.HTML] = rendered(member, said, {}).encode()
        made[audience, Form.PDF] = pdf(rendered(member, said, {name: path.as_uri() for name, path in FONTS.items()}))
        made[audience, Form.DOCX] = minutes_docx.written(member, said)
    minutes.seal(session, member, meeting, made)
    invitations.announce_minutes(session, meeting)


def rendered(member: Member, said: Minutes, fonts: Mapping[str, str]) -> str:
    """Return minutes as a page of their own, ready for paper; read on a screen, it has the fonts that are there."""
    paper = Paper(said.language, said.title, said.period, said.for_whom, said.state, said.seal)
    context = {"paper": paper, "language": said.language, "member": member, "said": said, "fonts": fonts}
    return view.environment().get_template("minutes_report.html").render(context)

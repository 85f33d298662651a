"""What the command `picture` does (lägesbild); a module of its own, for it needs charts, paper and the map."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

from sqlalchemy.orm import Session

from dashboards import travelling
from dashboards.commands import terminal_language
from dashboards.commands.session import save
from dashboards.printing import on_paper
from dashboards.shown import shown
from forum.foundation.audience import Audience
from forum.foundation.journal import canonical
from forum.people import members
from forum.people.forums import Forum
from forum.people.members import Member
from forum.work import pictures
from mapping import picture, public_picture
from mapping.picture import Look, Picture
from mapping.public_picture import PublicPicture


def make(session: Session, forum: Forum, first: date, end: date, form: str, audience: str, out: Path) -> int:
    """Write the picture to the file and return how many deviations it counts."""
    worker = members.system(session, forum.id, forum.slug, forum.name, demo=forum.demo)
    if audience == Audience.PUBLIC:
        found = public_picture.of_period(session, worker, first, end)
        save(BytesIO(FOR_EVERYBODY[form](session, worker, found)), out)
        return found.total.count
    look = picture.look(session, worker, Audience(audience), first, end, analysed=True)
    save(BytesIO(MAKERS[form](session, worker, look)), out)
    return look.picture.total.count


def _map(session: Session, worker: Member, look: Look) -> bytes:
    pictures.note_handed_out(session, worker, picture.as_plain(look.picture), rows=len(look.spots))
    return travelling.of_look(session, worker, look, terminal_language()).encode()


def _paper(session: Session, worker: Member, look: Look) -> bytes:
    return _sheets(session, worker, look.picture)


def _sheets(session: Session, worker: Member, found: Picture | PublicPicture) -> bytes:
    return on_paper(worker, shown(session, worker, found, terminal_language()))


def _figures(session: Session, worker: Member, look: Look) -> bytes:
    return canonical(picture.named(session, look.picture, worker.forum_id, terminal_language()))


MAKERS: dict[str, Callable[[Session, Member, Look], bytes]] = {"html": _map, "pdf": _paper, "json": _figures}
FOR_EVERYBODY: dict[str, Callable[[Session, Member, PublicPicture], bytes]] = {
    "html": lambda session, worker, found: travelling.of_published(
        session, worker, found, terminal_language()
    ).encode(),
    "pdf": _sheets,
    "json": lambda _session, _worker, found: canonical(picture.as_plain(found)),
}

"""Deviations as people read them (rader): title, where, when, who, and what has come of it so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import words
from forum.foundation.audience import Visibility
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.people.members import Member
from forum.register import categories, whereabouts
from forum.register.categories import Category
from forum.register.deviations import STATUS_WORDS, Deviation, Status
from forum.register.finding import Found
from forum.register.whereabouts import Whereabouts

TITLE = 72
"""Characters of a title at most."""
SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
VISIBILITIES = {
    Visibility.FORUM: N_("everyone in the forum"),
    Visibility.OWN: N_("the reporter's organisation only"),
    Visibility.AUTHORITIES: N_("authorities only"),
    Visibility.PUBLIC: N_("the forum, and everyone in counts"),
}
LATER = (N_("Place"), N_("Cause analysis"), N_("Measure"), N_("Follow-up"), N_("Effect"))
"""The steps that follow a deviation, from the map to the evidence."""


@dataclass(frozen=True)
class Kind:
    """A category with its name in the reader's language."""

    code: str
    group: str
    letter: str
    shape: str
    fill: str
    ink: str
    name: str


@dataclass(frozen=True)
class Step:
    """One step of the chain: done, here, next or later; where it leads, if anywhere."""

    name: str
    say: str
    state: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    """One deviation in a list."""

    nr: int
    label: str
    category: Kind
    title: str
    where: str
    when: str
    who: str
    rest: str
    accuracy_m: float
    lon: float
    lat: float
    status: str
    status_word: str
    visibility: str
    visibility_word: str
    new: bool
    mine: bool
    path: str
    url: str
    chain: tuple[Step, ...] = ()


def label(slug: str, nr: int) -> str:
    """Return a deviation's number as people say it: F-4820173."""
    return f"{slug[0].upper()}-{nr}"


def kinds(known: Sequence[Category], language: str) -> dict[UUID, Kind]:
    """Return the forum's categories in the reader's language, by id."""
    codes = {c.id: c.code for c in known}
    return {c.id: Kind(c.code, codes[c.group_id], c.letter, c.shape, c.fill, c.ink, c.name(language)) for c in known}


def title_of(words_: str, category: str) -> str:
    """Return what a deviation is called: the first sentence of its text, or its category."""
    first = SENTENCES.split(words_.strip(), maxsplit=1)[0].rstrip(".")
    if not first:
        return category
    return first if len(first) <= TITLE else first[: TITLE - 1].rsplit(" ", 1)[0] + " …"


def rest_of(words_: str) -> str:
    """Return what the text says after its title."""
    first, *rest = SENTENCES.split(words_.strip(), maxsplit=1)
    return words_.strip() if len(first) > TITLE else "".join(rest)


def place_words(at: Whereabouts, language: str) -> str:
    """Return where a point is: by what, and in which area."""
    if at.near and at.area and at.near != at.area:
        return text(N_("By %(near)s, %(area)s"), language, near=at.near, area=at.area)
    if at.near:
        return text(N_("By %(near)s"), language, near=at.near)
    return at.area or text(N_("No named place close by"), language)


def chain_of(deviation: Deviation | Found, language: str) -> tuple[Step, ...]:
    """Return the chain from the deviation to its effect, as far as it has come."""
    first = Step(text(N_("Deviation"), language), words.moment(deviation.occurred_from, language), "here")
    not_yet = text(N_("not yet"), language)
    return (first, *(Step(text(name, language), not_yet, "later") for name in LATER))


def rows_of(
    session: Session,
    member: Member,
    found: Sequence[Deviation | Found],
    language: str,
    *,
    since: datetime | None = None,
    base: str = "",
) -> list[Row]:
    """Return the deviations as rows; `since` marks what is new, `base` stands before their addresses."""
    known = kinds(categories.all_of(session, member.forum_id), language)
    names = {o.id: o.name for o in organisations.all_of(session, member.forum_id)}
    places = whereabouts.of_points(session, [d.position for d in found])
    return [
        _row(member, d, known[d.category_id], names.get(d.organisation_id, ""), at, language, since, base)
        for d, at in zip(found, places, strict=True)
    ]


def _row(
    member: Member,
    d: Deviation | Found,
    kind: Kind,
    who: str,
    at: Whereabouts,
    language: str,
    since: datetime | None,
    base: str,
) -> Row:
    lon, lat = d.position
    path = f"/{member.forum_slug}/avvikelser/{d.nr}"
    return Row(
        nr=d.nr,
        label=label(member.forum_slug, d.nr),
        category=kind,
        title=title_of(d.text, kind.name),
        where=place_words(at, language),
        when=words.span(d.occurred_from, d.occurred_to, language),
        who=who,
        rest=rest_of(d.text),
        accuracy_m=d.accuracy_m,
        lon=lon,
        lat=lat,
        status=d.status,
        status_word=text(STATUS_WORDS[Status(d.status)], language),
        visibility=d.visibility,
        visibility_word=text(VISIBILITIES[Visibility(d.visibility)], language),
        new=since is not None and d.created_at > since,
        mine=d.organisation_id == member.organisation_id,
        path=path,
        url=base + path,
        chain=chain_of(d, language),
    )

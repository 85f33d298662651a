"""The issues that the public may read (offentlig redovisning): a closed month's table, and what is done about it.

A bridge: it knows the register. Only `forum` and `public` rows are counted, whoever asks: the session sees no more
while they are read, and the question says the same once more. What leaves is a table whose small counts are withheld
with all that they would follow from, names of areas and categories, and kinds of measures: no place, no written word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.foundation.geometry import shape_of
from forum.people import audiences, organisations
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import areas, categories, finding
from forum.register.areas import Area
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from forum.register.places import Place
from forum.work import measures, publications
from forum.work.measures import Measure, Status
from forum.work.publications import Publication
from mapping import packed, picture
from mapping.disclosure import crosstab, publishable
from mapping.periods import months_before
from mapping.picture import located

VERSION = 1
"""Of an issue's form; a stored one says which it has."""
DONE = (Status.CARRIED_OUT, Status.FOLLOWED_UP)
BEGUN = {Status.UNDER_WAY: "under_way", Status.ACCEPTED: "promised"}
STATES = ("done", "under_way", "promised")
A_YEAR = 12
"""Months for which what was done is told."""


@dataclass(frozen=True)
class _Read:
    """What was read for all the months: a column of each row, the areas and groups, the measures with their area."""

    month: NDArray[np.datetime64]
    area: NDArray[np.int64]
    group: NDArray[np.int64]
    organisation: NDArray[np.int64]
    parts: list[Area]
    names: list[str]
    groups: list[dict[str, str]]
    work: list[tuple[Measure, str | None]]


def issue(session: Session, member: Member, month: date) -> Publication:
    """Return the issue of a closed month, made now where it has not been made."""
    return issues(session, member, [month])[0]


def issues(session: Session, member: Member, months: Sequence[date]) -> list[Publication]:
    """Return the issues of closed months; those that have not been made are made now, and no other is touched."""
    require(member, Action.PUBLICATION_MAKE)
    for month in months:
        publications.require_closed(month)
    there = {month: publications.of_month(session, member, month) for month in months}
    lacking = [month for month, kept in there.items() if kept is None]
    if lacking:
        with audiences.narrowed(session, Audience.PUBLIC):
            read = _read(session, member, min(lacking), months_before(max(lacking), -1))
            made = {month: _content(member, read, month) for month in lacking}
        there |= {month: publications.publish(session, member, month, content) for month, content in made.items()}
    return [kept for kept in there.values() if kept is not None]


ROW = {name: picture.ROW[name] for name in ("category", "organisation", "at", "lon", "lat")}
"""What is read of each row."""


def _read(session: Session, member: Member, first: date, end: date) -> _Read:
    known = categories.all_of(session, member.forum_id, retired=True)
    groups = [category for category in known if category.parent_id is None]
    of = {category.id: groups.index(next(g for g in groups if g.id == category.group_id)) for category in known}
    order = {partner.id: i for i, partner in enumerate(organisations.all_of(session, member.forum_id))}
    wanted = Filter(start=clock.midnight(first), end=clock.midnight(end))
    seen = Deviation.visibility.in_(Audience.PUBLIC.sees)
    found = packed.read(session, ROW, *finding.everything(session, member, wanted), seen)
    parts = areas.parts(session, member.forum_id)
    names = sorted({part.name for part in parts})
    day = packed.moments(found["at"]).astype("datetime64[D]")
    return _Read(
        month=day.astype("datetime64[M]"),
        area=located(parts, names, found["lon"], found["lat"], day),
        group=packed.numbered(found["category"], of),
        organisation=packed.numbered(found["organisation"], order),
        parts=parts,
        names=names,
        groups=[{"code": group.code, "sv": group.sv, "en": group.en} for group in groups],
        work=_work(session, member, parts),
    )


def _work(session: Session, member: Member, parts: Sequence[Area]) -> list[tuple[Measure, str | None]]:
    """Return what is done at places that everybody in the forum sees, each with the area that it is done in."""
    seen = [
        measure
        for measure in measures.all_of(session, member, [*DONE, *BEGUN])
        if measure.visibility in Audience.PUBLIC.sees
    ]
    here = select(Place).where(Place.forum_id == member.forum_id, Place.visibility.in_(Audience.PUBLIC.sees))
    at = {place.id: place.shape.representative_point() for place in session.scalars(here)}
    inside = {
        place: next((part.name for part in parts if part.valid_to is None and shape_of(part.geom).covers(point)), None)
        for place, point in at.items()
    }
    return [(measure, inside[measure.place_id]) for measure in seen if measure.place_id in inside]


def _content(member: Member, read: _Read, month: date) -> dict[str, Any]:
    end = months_before(month, -1)
    held = [
        part
        for part in read.parts
        if (part.valid_from is None or part.valid_from < end) and (part.valid_to is None or part.valid_to > month)
    ]
    names = sorted({part.name for part in held})
    row_of = np.array([names.index(name) if name in names else -1 for name in read.names], dtype=np.int64)
    now = (read.month == np.datetime64(month, "M")) & (read.area >= 0)
    table = crosstab(row_of[read.area[now]], read.group[now], read.organisation[now], (len(names), len(read.groups)))
    shown = publishable(table)
    counts = [
        [n if seen else None for n, seen in zip(line, seen_of, strict=True)]
        for line, seen_of in zip(table.counts.tolist(), shown.tolist(), strict=True)
    ]
    return {
        "version": VERSION,
        "forum": member.forum_slug,
        "month": f"{month:%Y-%m}",
        "areas": names,
        "groups": read.groups,
        "counts": counts,
        "reporters": int(table.organisations[-1, -1]) if shown[-1, -1] else None,
        "measures": _told(read, months_before(month, A_YEAR - 1), end),
    }


def _told(read: _Read, first: date, end: date) -> list[dict[str, Any]]:
    """Return what was done in the year up to the month, the latest first, and then what is under way or promised."""
    found: Counter[tuple[str, str, str | None, str, str | None]] = Counter()
    for measure, area in read.work:
        done = measure.status in DONE and measure.done_on is not None and measure.done_on < end
        if done and measure.done_on is not None and measure.done_on < first:
            continue
        state = "done" if done else BEGUN.get(Status(measure.status), "under_way")
        day = measure.done_on if done else measure.due_on
        found[state, f"{day:%Y-%m}", area, measure.nature, measure.catalogue_code] += 1
    told = sorted(found, key=lambda each: (str(each[2]), str(each[4])))
    told.sort(key=lambda each: each[1], reverse=True)
    told.sort(key=lambda each: STATES.index(each[0]))
    return [
        {"state": state, "month": month, "area": area, "nature": nature, "kind": kind, "number": found[each]}
        for each in told
        for state, month, area, nature, kind in [each]
    ]

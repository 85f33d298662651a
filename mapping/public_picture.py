"""The picture for everybody (lägesbild för alla): sums of what was published of a period's months, and nothing else.

A bridge: it knows the register's issues. No row is read: whoever has the issues can add up the same sums, so that they
tell nothing that the issues do not. A month that is not published, or that lies only partly within the period, is left
out and named; so is, in every sum, how many months do not show their part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from forum.foundation.audience import Audience
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.work import publications
from forum.work.publications import Publication
from mapping import picture
from mapping.periods import Period, months_before, months_between
from mapping.picture import Picture

VERSION = 1
"""Of the form; a stored one says which it has."""


@dataclass(frozen=True)
class Sum:
    """What was published, added up, and in how many of the months it is not shown."""

    count: int
    withheld: int


@dataclass(frozen=True)
class Part:
    """An area or a category group with its sum; a group has its code as key and its names."""

    key: str
    names: dict[str, str]
    sum: Sum


@dataclass(frozen=True)
class Published:
    """One month as it was published: its sum and who reported, None where that is not shown, and its hash."""

    key: str
    count: int | None
    reporters: int | None
    hash: str


@dataclass(frozen=True)
class PublicPicture:
    """The picture of a period for everybody."""

    version: int
    forum: str
    audience: Audience
    period: Period
    months: tuple[Published, ...]
    lacking: tuple[str, ...]
    """Months that the period touches and that are in no sum."""
    total: Sum
    areas: tuple[Part, ...]
    groups: tuple[Part, ...]
    cells: dict[str, dict[str, Sum]]
    """By area and group."""


def made(session: Session, member: Member, audience: Audience, start: date, end: date) -> Picture | PublicPicture:
    """Return the picture of a period for any audience."""
    if audience is Audience.PUBLIC:
        return of_period(session, member, start, end)
    return picture.picture(session, member, audience, start, end)


def of_plain(plain: Mapping[str, Any]) -> Picture | PublicPicture:
    """Return a picture that was stored, for any audience."""
    if plain["audience"] == Audience.PUBLIC:
        return READ.validate_python(plain)
    return picture.of_plain(dict(plain))


READ = TypeAdapter(PublicPicture)


def of_period(session: Session, member: Member, start: date, end: date) -> PublicPicture:
    """Return the picture of the days from `start` up to and without `end`, for everybody."""
    require(member, Action.PICTURE_READ)
    period = picture.checked(start, end)
    issues = publications.made(session, member, period.first, period.end)
    touched = months_between(period.first, period.last) + 1
    keys = [f"{months_before(period.first, -n):%Y-%m}" for n in range(touched)]
    there = {issue.content["month"] for issue in issues}
    cells = _cells(issues)
    areas, groups = ({key[side] for key in cells} - {""} for side in (0, 1))
    names = {group["code"]: group for issue in issues for group in issue.content["groups"]}
    order = [code for code in names if code in groups]
    return PublicPicture(
        VERSION,
        member.forum_slug,
        Audience.PUBLIC,
        period,
        tuple(_month(issue) for issue in issues),
        tuple(key for key in keys if key not in there),
        cells.get(("", ""), Sum(0, 0)),
        tuple(Part(area, {}, cells[area, ""]) for area in sorted(areas)),
        tuple(Part(code, {each: names[code][each] for each in ("sv", "en")}, cells["", code]) for code in order),
        {area: {code: cells[area, code] for code in order if (area, code) in cells} for area in sorted(areas)},
    )


def _month(issue: Publication) -> Published:
    content = issue.content
    return Published(content["month"], content["counts"][-1][-1], content["reporters"], bytes(issue.hash).hex())


def _cells(issues: list[Publication]) -> dict[tuple[str, str], Sum]:
    """Return the sums by area and group; an empty key is the total over them."""
    found: dict[tuple[str, str], Sum] = {}
    for issue in issues:
        rows = [*issue.content["areas"], ""]
        columns = [*(group["code"] for group in issue.content["groups"]), ""]
        for row, line in zip(rows, issue.content["counts"], strict=True):
            for column, count in zip(columns, line, strict=True):
                before = found.get((row, column), Sum(0, 0))
                found[row, column] = Sum(before.count + (count or 0), before.withheld + (count is None))
    return found

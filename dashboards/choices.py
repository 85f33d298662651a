"""What can be chosen in the selection, and how many there are of each (urvalets val)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from dashboards.rows import kinds
from dashboards.selection import Picked
from forum.foundation.geometry import shape_of
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.organisations import Kind, Organisation
from forum.register import areas, categories, finding
from forum.register.deviations import STATUS_WORDS, Deviation, Status
from forum.register.finding import Filter

KINDS = {
    Kind.HOUSING: N_("Housing companies"),
    Kind.CITY: N_("The city"),
    Kind.TRANSPORT: N_("Transport"),
    Kind.POLICE: N_("The police"),
    Kind.BUSINESS: N_("Shops and businesses"),
    Kind.CIVIL: N_("Civil society"),
    Kind.SCHOOL: N_("Schools"),
    Kind.OTHER: N_("Others"),
}
WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))
PERIODS = ((N_("7 days"), 7), (N_("3 months"), 90))


@dataclass(frozen=True)
class Choice:
    """One checkbox of the selection, with how many there are of it; the symbol where it is a category."""

    code: str
    name: str
    count: int
    checked: bool
    letter: str = ""
    shape: str = ""
    fill: str = ""
    ink: str = ""


@dataclass(frozen=True)
class Chip:
    """A period that can be had with one press."""

    label: str
    url: str
    current: bool


def for_selection(
    session: Session,
    member: Member,
    picked: Picked,
    wanted: Filter,
    partners: list[Organisation],
    path: str,
    language: str,
) -> dict[str, Any]:
    """Return all that the selection's form shows."""
    return {
        "picked": picked,
        "chips": list(_chips(picked, path, language)),
        "areas": areas_of(session, member),
        "categories": _categories(session, member, picked, wanted, language),
        "reporters": _reporters(session, member, picked, wanted, partners, language),
        "partners": [(str(o.id), o.name, o.kind) for o in partners],
        "statuses": [(status.value, text(STATUS_WORDS[status], language)) for status in Status],
        "hours": [(str(hour), f"{hour:02}–{(hour + 1) % 24:02}") for hour in range(24)],
        "weekdays": [(str(i), text(name, language)) for i, name in enumerate(WEEKDAYS, 1)],
    }


def areas_of(session: Session, member: Member) -> list[tuple[str, str]]:
    """Return the areas that lie in the forum: what each is asked for by, and its name.

    A part may bear the name of the whole: it is asked for with its kind.
    """
    near, _ = areas.nearby(session, member.forum_id, today(), margin=0)
    boundary = areas.boundary(session, member.forum_id, today())
    own = {area.id for area in session.scalars(areas.of_forum(member.forum_id, today()))}
    shapes = ((area, shape_of(area.geom)) for area in near if area.id not in own)
    inside = [area for area, shape in shapes if boundary.contains(shape.representative_point())]
    names = Counter(area.name for area in near)
    parts = [area for area in inside if area.kind != "deso"]
    return [(a.name if names[a.name] == 1 else f"{a.kind}:{a.name}", a.name) for a in parts]


def _chips(picked: Picked, path: str, language: str) -> Iterable[Chip]:
    for label, days in PERIODS:
        first = (today() - timedelta(days=days)).isoformat()
        current = picked.from_ == first and not picked.until and not picked.to
        query = picked.query(from_=first, until="", to="", bbox=picked.bbox)
        yield Chip(text(label, language), f"{path}?{query}", current)
    current = not (picked.from_ or picked.until or picked.to)
    yield Chip(text(N_("The whole time"), language), f"{path}?{picked.query(from_='', until='', to='')}", current)


def _categories(session: Session, member: Member, picked: Picked, wanted: Filter, language: str) -> list[Choice]:
    known = categories.all_of(session, member.forum_id)
    shown = kinds(known, language)
    counted = finding.counts_by(session, member, replace(wanted, categories=()), Deviation.category_id)
    counts: Counter[str] = Counter()
    for category_id, count in counted.items():
        counts[shown[category_id].group] += count
    chosen = {code.partition(".")[0] for code in picked.category}
    groups = [shown[c.id] for c in known if c.parent_id is None]
    return [
        Choice(k.code, k.name, counts[k.code], not chosen or k.code in chosen, k.letter, k.shape, k.fill, k.ink)
        for k in groups
    ]


def _reporters(
    session: Session, member: Member, picked: Picked, wanted: Filter, partners: list[Organisation], language: str
) -> list[Choice]:
    counted = finding.counts_by(session, member, replace(wanted, organisations=()), Deviation.organisation_id)
    kind_of = {o.id: o.kind for o in partners}
    counts = Counter[str]()
    for organisation_id, count in counted.items():
        counts[kind_of.get(organisation_id, Kind.OTHER)] += count
    present = set(kind_of.values())
    choices = [
        Choice(kind, text(name, language), counts[kind], not picked.who or kind in picked.who)
        for kind, name in KINDS.items()
        if kind in present
    ]
    return sorted(choices, key=lambda choice: -choice.count)

"""The points of an agenda in words (punkterna): what each is called, which rules put it there, and their figures.

The same words stand on the page, on the projector and in the minutes. Numbers are the reasons' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from dashboards import words
from dashboards.choices import KINDS
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.people.members import Member
from forum.register import categories, places
from forum.register.places import Place
from forum.work.agenda import Item, Point, Rule
from mapping.agenda import UNSEEN
from mapping.counts import Verdict, interval

NOW = N_("%(now)s deviations since the last meeting, against %(before)s in as long a time before.")
NOTICED = {
    Verdict.MORE: N_("That is more than chance explains."),
    Verdict.FEWER: N_("That is fewer than chance explains."),
    Verdict.ALIKE: N_("Chance alone can explain the difference."),
    Verdict.TOO_FEW: N_("They are too few to tell a difference."),
    Verdict.NOT_COVERED: N_("The register does not reach back far enough to compare."),
}
ALONE = N_("%(now)s deviations since the last meeting.")
PLAIN = {
    Rule.ESCALATED: N_("Waits for the steering group's answer."),
    Rule.NEW_PLACE: N_("The place is new since the last meeting."),
    Rule.ADDED: N_("Added by %(organisation)s."),
    Rule.CARRIED_OVER: N_("Carried over from an earlier meeting; times so far: %(times)s."),
    Rule.OVERDUE: N_("Late measures: %(n)s, the latest by %(days)s days."),
    Rule.EFFECT_DUE: N_("Measures whose effect can be judged, and whose card is not frozen: %(n)s."),
    Rule.FOLLOW_UP: N_("Measures carried out long enough ago to ask what they did: %(n)s."),
    Rule.CONCENTRATION: N_(
        "%(now)s deviations within %(radius)s metres that no place gathers, "
        "against %(before)s in as long a time before."
    ),
    Rule.NOT_LOOKED_AT: N_("Not looked at by anybody: %(now)s deviations, the oldest from %(days)s days ago."),
}
AGAIN = {True: N_("The place was opened again."), False: N_("Measures taken up again: %(n)s.")}
RULE_WORDS = {
    Rule.ESCALATED: N_("steering group"),
    Rule.CARRIED_OVER: N_("carried over"),
    Rule.REOPENED: N_("reopened"),
    Rule.GROWING: N_("growing"),
    Rule.ADDED: N_("added"),
    Rule.OVERDUE: N_("late"),
    Rule.NEW_PLACE: N_("new place"),
    Rule.CONCENTRATION: N_("concentration"),
    Rule.EFFECT_DUE: N_("effect"),
    Rule.FOLLOW_UP: N_("follow-up"),
    Rule.NOT_LOOKED_AT: N_("not looked at"),
    Rule.ACTIVE: N_("active"),
}
"""Each rule in a word or two, for a tag."""


@dataclass(frozen=True)
class Bar:
    """A count with its name; `share` is its part of the largest, in hundredths."""

    name: str
    count: int
    share: int
    code: str = ""


@dataclass(frozen=True)
class Compared:
    """A count with its interval, as a line between hundredths of a common scale; `year` says which."""

    name: str
    count: int
    low: int
    at: int
    high: int


@dataclass(frozen=True)
class Told:
    """A point in words."""

    key: str
    title: str
    tags: list[str]
    sentences: list[str]
    categories: list[Bar] = field(default_factory=list)
    kinds: list[Bar] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    measures: list[int] = field(default_factory=list)
    """Numbers of the measures that the reasons name."""
    spot: dict[str, float] | None = None
    place: Place | None = None


class Teller:
    """Tells the points of one forum in one language; names are asked for once."""

    def __init__(self, session: Session, member: Member, language: str) -> None:
        self.language = language
        self.places = {p.id: p for p in places.all_of(session, member, tuple(places.Status))}
        self.partners = {o.id: o.name for o in organisations.all_of(session, member.forum_id)}
        roots = categories.all_of(session, member.forum_id, retired=True)
        self.categories = {c.code: c.name(language) for c in roots if c.parent_id is None}

    def tell(self, point: Point | Item, added_by: UUID | None = None) -> Told:
        """Return a point in words; `added_by` is the organisation of one that a member has added."""
        if isinstance(point, Item):
            added_by = point.organisation_id
        place = self.places.get(point.place_id) if point.place_id else None
        noticed = next((r for r in point.reasons if "categories" in r), {})
        spot = {name: noticed[name] for name in ("lon", "lat", "radius_m")} if "lon" in noticed else None
        return Told(
            key=point.key,
            title=self._title(point, place),
            tags=[text(RULE_WORDS[Rule(reason["rule"])], self.language) for reason in point.reasons],
            sentences=[self._say(reason, added_by) for reason in point.reasons],
            categories=_bars(noticed.get("categories", {}), self.categories),
            kinds=_bars(noticed.get("kinds", {}), {k: text(said, self.language) for k, said in KINDS.items()}),
            compared=self._compared(noticed),
            measures=[nr for reason in point.reasons for nr in reason.get("measures", ())],
            spot=spot,
            place=place,
        )

    def _title(self, point: Point | Item, place: Place | None) -> str:
        if point.title or place is not None:
            return point.title or (place.name if place else "")
        if point.key == UNSEEN:
            return text(N_("Deviations that nobody has looked at"), self.language)
        near = next((reason["near"] for reason in point.reasons if reason.get("near")), "")
        said = N_("Concentration near %(near)s") if near else N_("A concentration without a place")
        return text(said, self.language, near=near)

    def _say(self, reason: Mapping[str, Any], added_by: UUID | None) -> str:
        rule = Rule(reason["rule"])
        figures = {k: words.number(v, self.language) for k, v in reason.items() if isinstance(v, int | float)}
        if rule in (Rule.GROWING, Rule.ACTIVE):
            verdict = Verdict(reason["verdict"])
            said = text(ALONE if verdict is Verdict.NOT_COVERED else NOW, self.language, **figures)
            return f"{said} {text(NOTICED[verdict], self.language)}"
        n = words.number(len(reason.get("measures", ())), self.language)
        if rule is Rule.REOPENED:
            return text(AGAIN[bool(reason.get("place"))], self.language, n=n)
        who = self.partners.get(added_by, "–") if added_by else "–"
        more = {"n": n, "organisation": who, "radius": figures.get("radius_m", "")}
        return text(PLAIN[rule], self.language, **more, **figures)

    def _compared(self, noticed: Mapping[str, Any]) -> list[Compared]:
        """Return now, before and the year before beside each other, each with its exact interval, on one scale."""
        if "verdict" not in noticed:
            return []
        named = [(N_("Now"), noticed["now"])]
        for verdict, name, count in (
            ("verdict", N_("Before"), "before"), ("verdict_last_year", N_("A year ago"), "last_year"),
        ):  # fmt: skip
            if noticed[verdict] != Verdict.NOT_COVERED:
                named.append((name, noticed[count]))
        limits = [interval(count) for _, count in named]
        top = max(high for _, high in limits)
        return [
            Compared(text(name, self.language), count, *(round(100 * v / top) for v in (low, count, high)))
            for (name, count), (low, high) in zip(named, limits, strict=True)
        ]


def _bars(counts: Mapping[str, int], names: Mapping[str, str]) -> list[Bar]:
    """Return counts by name, the largest first; what is stored has no order of its own."""
    most = max(counts.values(), default=1)
    made = [Bar(names.get(code, code), n, round(100 * n / most), code) for code, n in counts.items()]
    return sorted(made, key=lambda bar: (-bar.count, bar.name))

"""The agenda that writes itself (dagordningen): what the forum should talk of, why, in which order, for how long.

A bridge: it knows the register and the work. Each point names the rules that put it there with their figures; what a
rule weighs stands in `WEIGHTS`, so that anyone can reckon the order after. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import Invalid, outside, raise_all
from forum.foundation.language import N_
from forum.people import audiences
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register import finding, places, whereabouts
from forum.register.deviations import Deviation
from forum.register.deviations import Status as Stage
from forum.register.finding import Filter
from forum.register.places import Place
from forum.register.steps import Step
from forum.work import agenda, follow_ups, measures, meetings
from forum.work.agenda import Item, Point, Rule
from forum.work.follow_ups import FollowUp, Outcome
from forum.work.measures import Measure
from forum.work.meetings import Meeting
from mapping import cards, concentrations, picture
from mapping.concentrations import Concentration
from mapping.counts import Verdict
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.picture import Held, Look

FORMALITIES = 10
"""Minutes of a meeting for opening, attendance and close."""
FOLLOW_AFTER = timedelta(days=28)
"""After so long it can be asked what a measure has done."""
RADIUS_M, LEAST = 100, 5
"""A concentration: so many within so many metres, where the points are known as well as that."""
LONG, SHORT = 10, 5
"""Minutes of a place, and of what is quickly said."""


@dataclass(frozen=True)
class Weight:
    """What a rule counts: so much, and for each of what its `size` counts so much more, up to a limit."""

    base: int
    each: int = 0
    most: int = 0

    def of(self, size: int) -> int:
        """Return the points that a reason of this size gives."""
        return self.base + min(self.most, self.each * size)


WEIGHTS: dict[Rule, Weight] = {
    Rule.ESCALATED: Weight(100),
    Rule.REOPENED: Weight(70),
    Rule.GROWING: Weight(60, each=1, most=40),
    Rule.CARRIED_OVER: Weight(60, each=20, most=60),
    Rule.ADDED: Weight(55),
    Rule.NEW_PLACE: Weight(45),
    Rule.OVERDUE: Weight(40, each=1, most=60),
    Rule.EFFECT_DUE: Weight(35, each=1, most=30),
    Rule.CONCENTRATION: Weight(35, each=2, most=40),
    Rule.FOLLOW_UP: Weight(30, each=1, most=30),
    Rule.NOT_LOOKED_AT: Weight(20, each=1, most=40),
    Rule.ACTIVE: Weight(10, each=1, most=40),
}
"""`size` is deviations for what grows, is active, concentrated or not looked at; days for what is overdue or due for
follow-up or a card of its effect; meetings for what was carried over."""


@dataclass(frozen=True)
class Agenda:
    """The agenda of a meeting: its points for the forum, what was left out of it, and the authorities' annex."""

    since: datetime
    until: datetime
    seen: Look
    points: tuple[Point, ...]
    left_out: tuple[Point, ...]
    annex: tuple[Point, ...]
    wider: Look | None = None
    """What authorities see, where a member of one asks."""


def of(session: Session, member: Member, meeting: Meeting, *, annexed: bool = True) -> Agenda:
    """Return the agenda of a meeting that is planned, as it now stands.

    It is computed for the forum, whoever asks; the annex for authorities only where a member of one asks, and wants it.
    """
    since, until = meetings.span(session, member, meeting)
    days = meetings.days(session, member, meeting)
    writer = _Writer(session, member, meeting, since, until)
    seen = picture.look(session, member, Audience.FORUM, *days)
    arranged = _arranged(_ranked(writer.points(seen, Visibility.FORUM)), meeting.arrangement)
    out = set(meeting.arrangement.get("left_out", ()))
    points = [point for point in arranged if point.key not in out]
    annex, wider = list[Point](), None
    if member.authority and annexed:
        wider = picture.look(session, member, Audience.AUTHORITIES, *days)
        annex = _ranked(writer.points(wider, Visibility.AUTHORITIES))
    left_out = tuple(point for point in arranged if point.key in out)
    return Agenda(since, until, seen, _cut(points, meeting.minutes), left_out, tuple(annex), wider)


def prepared(session: Session, member: Member, meeting: Meeting) -> agenda.Prepared:
    """Return what the meeting opens with."""
    found = of(session, member, meeting)
    return agenda.Prepared(picture.as_plain(found.seen.picture), (*found.points, *found.annex))


def arrange(
    session: Session, member: Member, meeting: Meeting, wanted: Mapping[str, Any], version: int | None = None,
    *, now: Agenda | None = None,
) -> None:  # fmt: skip
    """Keep an order, minutes and what is left out; refuses a key that is none of the forum's points as they are now."""
    require(member, Action.MEETING_LEAD)
    found = now or of(session, member, meeting, annexed=False)
    keys = {point.key for point in (*found.points, *found.left_out)}
    for field, named in (("order", wanted["order"]), ("minutes", wanted["minutes"]), ("left_out", wanted["left_out"])):
        for key in named:
            if key not in keys:
                remedy = N_("Read the agenda again and name its points by their keys.")
                raise Invalid(N_("This is no point of the agenda."), field=field, value=key, remedy=remedy)
    for key, minutes in wanted["minutes"].items():
        raise_all(outside(minutes, 1, agenda.MOST_MINUTES, f"minutes.{key}"))
    meetings.arrange(session, member, meeting, wanted, version)


def score(point: Point) -> int:
    """Return what the point weighs: the sum of its reasons."""
    return sum(WEIGHTS[Rule(reason["rule"])].of(int(reason.get("size", 0))) for reason in point.reasons)


# --- the order --------------------------------------------------------------------------------------------------------


def _ranked(points: Iterable[Point]) -> list[Point]:
    return sorted(points, key=lambda point: (-score(point), point.key))


def _arranged(ranked: Sequence[Point], arrangement: Mapping[str, Any]) -> list[Point]:
    """Return the points in the order that was chosen; what came since then stands before the first that weighs less."""
    minutes, order = arrangement.get("minutes", {}), arrangement.get("order", ())
    named = {point.key: replace(point, minutes=minutes.get(point.key, point.minutes)) for point in ranked}
    chosen = [named.pop(key) for key in order if key in named]
    for point in named.values():
        lighter = (i for i, other in enumerate(chosen) if score(other) < score(point))
        chosen.insert(next(lighter, len(chosen)), point)
    return chosen


def _cut(points: Iterable[Point], minutes: int) -> tuple[Point, ...]:
    """Mark the points that do not fit into the meeting: the first that does not, and all after it."""
    left, cut = minutes - FORMALITIES, []
    for point in points:
        left -= point.minutes
        cut.append(replace(point, below=left < 0))
    return tuple(cut)


# --- the rules --------------------------------------------------------------------------------------------------------


def _reason(rule: Rule, size: int = 0, **figures: Any) -> dict[str, Any]:
    return {"rule": rule.value, "size": size, **figures}


@dataclass(frozen=True)
class _Writer:
    """Writes the points of one meeting, for the forum or for authorities alone."""

    session: Session
    member: Member
    meeting: Meeting
    since: datetime
    until: datetime

    def points(self, seen: Look, visibility: Visibility) -> list[Point]:
        """Return the points of a visibility in no order; those of authorities hold nothing that the forum's hold."""
        audience = Audience(visibility.value)
        with audiences.narrowed(self.session, audience):
            left = agenda.left_over(self.session, self.member, self.meeting)
            added = agenda.of_meeting(self.session, self.member, self.meeting)
            found = [
                *self._of_places(seen, left, visibility),
                *(self._of_words(item, left) for item in added),
                *self._carried(left, {item.key for item in added}),
                *self._unseen(visibility),
            ]
        if visibility is Visibility.FORUM:
            found += self._concentrated(seen)
        return list({point.key: point for point in found if point.visibility is visibility}.values())

    # places and what is done there

    def _of_places(self, seen: Look, left: Sequence[Item], visibility: Visibility) -> Iterator[Point]:
        counted = {group.key: group for group in seen.picture.places.groups}
        held = {each.place.id: each for each in seen.held}
        there = {place.id: place for place in places.all_of(self.session, self.member, tuple(places.Status))}
        work = self._work(there)
        carried = {item.place_id: item for item in left if item.place_id and item.key.startswith("place:")}
        for place_id in dict.fromkeys([*held, *work, *carried]):
            place = there.get(place_id)
            if place is None:
                continue
            own = Visibility(place.visibility) is Visibility.AUTHORITIES
            reasons: list[dict[str, Any]] = []
            if (visibility is Visibility.AUTHORITIES) is own and place_id in held:
                reasons += self._noticed(counted.get(str(place.nr)), held[place_id], seen)
            reasons += [
                reason
                for reason, shown in self._done(place, work.get(place_id, ()))
                if (shown is Visibility.AUTHORITIES) is (visibility is Visibility.AUTHORITIES)
            ]
            if place_id in carried and carried[place_id].visibility == visibility:
                reasons.append(_left(carried[place_id]))
            if reasons:
                yield Point(f"place:{place.nr}", tuple(reasons), _minutes(reasons), "", place_id, visibility=visibility)

    def _noticed(self, group: Any, held: Held, seen: Look) -> Iterator[dict[str, Any]]:
        """Yield what was noticed at a place, and whether it is new."""
        place, inside = held.place, held.rows & seen.rows.inside[0]
        if self.since <= place.created_at <= self.until:
            yield _reason(Rule.NEW_PLACE)
        if group is None or not group.count:
            return
        grows = Verdict(group.previous.verdict) is Verdict.MORE
        figures = {
            "now": group.count,
            "before": group.previous.before,
            "last_year": group.last_year.before,
            "verdict": group.previous.verdict.value,
            "verdict_last_year": group.last_year.verdict.value,
            "reporters": group.reporters.now,
            "categories": _tally([code.partition(".")[0] for code in seen.rows.codes], seen.rows.category[inside]),
            "kinds": _tally(seen.rows.kinds, seen.rows.organisation[inside]),
        }
        yield _reason(Rule.GROWING if grows else Rule.ACTIVE, group.count, **figures)

    def _work(self, there: Mapping[UUID, Place]) -> dict[UUID, list[Measure]]:
        """Return the measures of each place; those of one that has gone up in another stand with that."""
        found: dict[UUID, list[Measure]] = {}
        for measure in measures.all_of(self.session, self.member):
            place_id = measure.place_id
            while place_id in there and (into := there[place_id].into_id) is not None:
                place_id = into
            found.setdefault(place_id, []).append(measure)
        return found

    def _done(self, place: Place, work: Sequence[Measure]) -> Iterator[tuple[dict[str, Any], Visibility]]:
        """Yield what calls for the forum in the measures of a place, each with who may see it."""
        again = self._reopened([place.id, *(measure.id for measure in work)])
        if place.id in again:
            yield _reason(Rule.REOPENED, place=True), Visibility(place.visibility)
        day = clock.local(self.until).date()
        for shown in (Visibility.FORUM, Visibility.AUTHORITIES):
            mine = [m for m in work if (m.visibility == Visibility.AUTHORITIES) is (shown is Visibility.AUTHORITIES)]
            opened = [m.nr for m in mine if m.id in again]
            if opened:
                yield _reason(Rule.REOPENED, measures=opened), shown
            late = [m for m in mine if measures.Status(m.status) in measures.WAITING and m.due_on < day]
            if late:
                days = max((day - measure.due_on).days for measure in late)
                yield _reason(Rule.OVERDUE, days, measures=[measure.nr for measure in late], days=days), shown
            due = [(m.nr, over) for m in mine if (over := self._since_due(m)) is not None]
            if due:
                longest = max(over for _, over in due)
                yield _reason(Rule.FOLLOW_UP, longest, measures=[nr for nr, _ in due], days=longest), shown

            if judged := cards.pending(self.session, self.member, mine, day):
                longest, months = max(over for _, over in judged.values()), [n for n, _ in judged.values()]
                yield _reason(Rule.EFFECT_DUE, longest, measures=list(judged), months=months, days=longest), shown

    def _reopened(self, things: Sequence[UUID]) -> set[UUID]:
        again = (Step.action == "reopen", Step.at >= self.since, Step.at <= self.until, Step.thing_id.in_(things))
        return set(self.session.scalars(select(Step.thing_id).where(*again)))

    def _since_due(self, measure: Measure) -> int | None:
        """Return since how many days it can be asked what a measure has done; None where it cannot, or was told."""
        if measures.Status(measure.status) is not measures.Status.CARRIED_OUT or measure.done_on is None:
            return None
        seen = follow_ups.of_measure(self.session, self.member, measure)
        last = max([measure.done_on, *(each.on_day for each in seen if _too_early(each))])
        over = (clock.local(self.until).date() - last - FOLLOW_AFTER).days
        return over if over >= 0 else None

    # words, what is left, what nobody has looked at

    def _of_words(self, item: Item, left: Sequence[Item]) -> Point:
        reasons = [_reason(Rule.ADDED), *(_left(each) for each in left if each.key == item.key)]
        return _written(item, reasons, item_id=item.id)

    def _carried(self, left: Sequence[Item], added: set[str]) -> Iterator[Point]:
        yield from (_written(item, [_left(item)]) for item in left if item.title and item.key not in added)

    def _unseen(self, visibility: Visibility) -> Iterator[Point]:
        forum_sees = Audience.FORUM.sees
        shown = forum_sees if visibility is Visibility.FORUM else (Visibility.AUTHORITIES,)
        wanted = Filter(statuses=(Stage.NEW,), end=self.until)
        rows = [*finding.everything(self.session, self.member, wanted), Deviation.visibility.in_(shown)]
        oldest = func.min(Deviation.occurred_from)
        count, first = self.session.execute(select(func.count(), oldest).where(*rows)).one()
        if count:
            days = (self.until - first).days
            yield Point(
                UNSEEN, (_reason(Rule.NOT_LOOKED_AT, count, now=count, days=days),), SHORT, visibility=visibility
            )

    def _concentrated(self, seen: Look) -> Iterator[Point]:
        """Yield where many lie close together that no open place gathers."""
        rows = seen.rows
        somewhere = (
            np.any([each.rows for each in seen.held], axis=0) if seen.held else np.zeros(len(rows.nr), dtype=bool)
        )
        loose = rows.inside[0] & ~somewhere & (rows.accuracy <= RADIUS_M)
        now = transform(np.stack([rows.lon, rows.lat], axis=-1)[loose], WGS84, SWEREF99TM)
        earlier = rows.inside[1] & ~somewhere & (rows.accuracy <= RADIUS_M)
        before = transform(np.stack([rows.lon, rows.lat], axis=-1)[earlier], WGS84, SWEREF99TM)
        codes = [code.partition(".")[0] for code in rows.codes]
        spots = concentrations.find(now, radius=RADIUS_M, least=LEAST)
        where = [_where(spot) for spot in spots]
        named = whereabouts.of_points(self.session, [(at["lon"], at["lat"]) for at in where])
        for spot, at, near in zip(spots, where, named, strict=True):
            here = np.flatnonzero(loose)[spot.points]
            figures = {
                "now": spot.count,
                "before": _within(spot, before),
                "reporters": len(np.unique(rows.organisation[here])),
                "categories": _tally(codes, rows.category[here]),
                "near": near.near or near.area or "",
            }
            yield Point(
                f"spot:{spot.east:.0f}:{spot.north:.0f}",
                (_reason(Rule.CONCENTRATION, spot.count, **figures, **at),),
                SHORT,
            )


UNSEEN = "unseen"


def _too_early(seen: FollowUp) -> bool:
    return seen.outcome == Outcome.TOO_EARLY


def _where(spot: Concentration) -> dict[str, float]:
    lon, lat = transform(np.array([[spot.east, spot.north]]), SWEREF99TM, WGS84)[0]
    return {"lon": round(float(lon), 5), "lat": round(float(lat), 5), "radius_m": RADIUS_M}


def _within(spot: Concentration, points: Any) -> int:
    return int((np.hypot(points[:, 0] - spot.east, points[:, 1] - spot.north) <= RADIUS_M).sum()) if len(points) else 0


def _tally(names: Sequence[str], groups: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for group in groups.tolist():
        found[names[group]] = found.get(names[group], 0) + 1
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _left(item: Item) -> dict[str, Any]:
    """Return why an item of an earlier meeting comes again, and how many times it has."""
    if agenda.Status(item.status) is agenda.Status.ESCALATED:
        return _reason(Rule.ESCALATED)
    times = 1 + max([int(reason.get("times", 0)) for reason in item.reasons], default=0)
    return _reason(Rule.CARRIED_OVER, times, times=times)


def _minutes(reasons: Iterable[Mapping[str, Any]]) -> int:
    quick = {Rule.OVERDUE, Rule.FOLLOW_UP, Rule.EFFECT_DUE}
    return SHORT if all(Rule(reason["rule"]) in quick for reason in reasons) else LONG


def _written(item: Item, reasons: Sequence[Mapping[str, Any]], item_id: UUID | None = None) -> Point:
    return Point(
        item.key,
        tuple(reasons),
        item.minutes,
        item.title,
        item.place_id,
        item.deviation_id,
        visibility=Visibility(item.visibility),
        item_id=item_id,
    )

"""The effect card of a measure (effektkortet): its place beside a control and the rings around both, month by month.

A bridge: it knows the register and the work. What is read is counted for a whole audience, whoever presses the button.
Which deviations belong to a place is told by where they lie alone: what hands have put there has no like elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pydantic import TypeAdapter
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from forum.foundation import clock, journal
from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import Conflict, Invalid
from forum.foundation.geometry import in_metres, shape_of
from forum.foundation.language import N_
from forum.people import audiences
from forum.people.agreements import today
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.prize import methods
from forum.register import areas, finding, places
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from forum.register.places import Place
from forum.work import effects, measures
from forum.work.measures import DONE, STATUS_WORDS, Measure, Status
from mapping import controls, packed, picture
from mapping.controls import LEAST, Candidate, Judged, Search, Unfit
from mapping.crs import SWEREF99TM, WGS84, transform
from mapping.figures import squares_of
from mapping.grounds import Area, Ground, Line, lines
from mapping.joined import Compared, Known, Telling, Told, known, told
from mapping.monthly import EARLIER, RING_M, Counter, Rows
from mapping.periods import Period, months_before
from mapping.spans import Inputs, spans
from mapping.untouched import untouched
from mapping.verdicts import Weighed, weigh

VERSION = 2
"""Of the card's form; a stored one says which it has."""
MONTHS = (3, 6, 12)
"""After so many whole months a measure is judged."""
SMALLEST_M, LARGEST_M = 100, 500
"""Side of the squares that may be a control: as large as the place, within these."""
UNDER = ("water", "path", "rail")
"""Of the ground, what helps to know where it is."""
OTHERS = 8
"""So many others are named at most."""


@dataclass(frozen=True)
class Control:
    """What the place is compared with: a place or a square, how alike it was, and whether a rule speaks against it."""

    key: str
    area: Area
    level: float | None
    trend: float | None
    chosen: bool
    unfit: Unfit | None


@dataclass(frozen=True)
class Card:
    """The effect card: numbers of things, counts and figures, and no word that anybody has written."""

    version: int
    forum: str
    measure: int
    place: int
    audience: Audience
    area: Area
    """The place, as it was drawn on the day of the card."""
    ring_m: int
    accuracy_m: float | None
    """Median of the deviations at the place, in the months that are compared."""
    candidates: int
    """So many places and squares were looked at for a control."""
    control: Control | None
    no_control: Unfit | None
    others: tuple[Control, ...]
    """Others that the rules pass, the likest first: what could be chosen instead."""
    under: tuple[Line, ...]
    """The ground under the map of both."""
    inputs: Inputs
    weighed: Weighed
    told: Told | None = None
    """What of it everybody may be told; None without figures, and on a card from before this was kept."""


def card(
    session: Session, member: Member, measure: Measure, audience: Audience, months: int, *, control: str | None = None
) -> Card:
    """Return the effect card of a measure, so many whole months after it was carried out, for the audience.

    `control` names another one than the rules would find: the key of a place or a square of an earlier search.
    """
    require(member, Action.MEASURE_READ)
    audiences.require_rows(member, audience)
    done, after = _ready(measure, audience, months)
    ids = (measure.nr, measure.place_id)
    with audiences.narrowed(session, audience):
        place = places.get(session, member, ids[1])
        rows = _read(session, member, audience, Period(months_before(done, EARLIER), after.end))
        first = _first(rows, done, after)
        made = Counter(rows, first, done, after)
        found = _candidates(session, member, audience, place, made)
        under = _under(session, member, after)
        others = _others(session, member, place, ids[0])
        of = _Of(member.forum_slug, ids[0], place.nr, audience, months, _ground(place), _known(session, member), others)
        made_card = _made(made, found, under, of, control)
    if rows.restricted:
        facts = {"restricted": rows.restricted, "matched": len(rows.xy), "audience": audience, "measure": ids[0]}
        journal.note_read(session, member, "effect", facts)
    return made_card


def due(measure: Measure) -> dict[int, date]:
    """Return the day from which a measure can be judged after so many months; none where it was not carried out."""
    done = measure.done_on
    if done is None or Status(measure.status) not in DONE:
        return {}
    found = ((months, spans(done, months, date.min)) for months in MONTHS)
    return {months: span.after.end for months, span in found if span}


def latest(session: Session, member: Member, measure: Measure) -> dict[str, Any] | None:
    """Return the card of the most months that are over, for the forum, as plain figures; None where none are."""
    over = [months for months, end in due(measure).items() if end <= today()]
    return picture.as_plain(card(session, member, measure, Audience.FORUM, max(over))) if over else None


def pending(session: Session, member: Member, held: Sequence[Measure], day: date) -> dict[int, tuple[int, int]]:
    """Return, by number, the measures whose latest card was not frozen yet: of how many months, since how many days.

    A forum that has taken a method over judges by its months.
    """
    over = {each: {n: end for n, end in due(each).items() if end <= day} for each in held}
    months = set(methods.judged_after(session, member)) if any(over.values()) else set()
    latest = {each: max(months & ends.keys()) for each, ends in over.items() if months & ends.keys()}
    kept = effects.frozen(session, member, [each.id for each in latest]) if latest else set()
    waiting = ((each, n) for each, n in latest.items() if (each.id, n) not in kept)
    return {each.nr: (n, (day - over[each][n]).days) for each, n in waiting}


def recompute(plain: dict[str, Any]) -> dict[str, Any]:
    """Return what a card's own counts say, as the card has it; ValueError for a card of another form."""
    if plain.get("version") != VERSION:
        raise ValueError(f"version: {plain.get('version')}; this can be recomputed for {VERSION}")
    return picture.as_plain(weigh(READ.validate_python(plain["inputs"])))


def difference(plain: dict[str, Any]) -> str | None:
    """Return the first figure of a card that does not follow from its counts; None where all do."""
    return _differs(plain["weighed"], recompute(plain), "weighed")


READ, WHOLE, TELLINGS = TypeAdapter(Inputs), TypeAdapter(Card), TypeAdapter(list[Telling])


def read(plain: dict[str, Any]) -> Card:
    """Return a card from what was frozen of it; ValueError for a card of another form."""
    if plain.get("version") != VERSION:
        raise ValueError(f"version: {plain.get('version')}; this reads {VERSION}")
    return WHOLE.validate_python(plain)


def _differs(said: Any, found: Any, name: str) -> str | None:
    if isinstance(said, dict) and isinstance(found, dict):
        names = dict.fromkeys([*said, *found])
        each = (_differs(said.get(key), found.get(key), f"{name}.{key}") for key in names)
        return next((path for path in each if path), None)
    return None if said == found else f"{name}: {said}, {found}"


def _ready(measure: Measure, audience: Audience, months: int) -> tuple[date, Period]:
    """Return the day when it was carried out, and the months after; refuses what cannot be judged yet, or not so."""
    if months not in MONTHS:
        remedy = N_("Choose 3, 6 or 12.")
        raise Invalid(N_("After so many months no measure is judged."), field="months", value=months, remedy=remedy)
    if Visibility(measure.visibility) not in audience.sees:
        message, remedy = N_("Not all of this audience may see the measure."), N_("Choose authorities.")
        raise Invalid(message, field="audience", value=audience, remedy=remedy)
    status = Status(measure.status)
    if status not in DONE or measure.done_on is None:
        message = N_("This cannot be done with a measure that is %(status)s.")
        remedy = N_("Note first that it was carried out.")
        raise Conflict(message, field="status", value=measure.nr, remedy=remedy, status=STATUS_WORDS[status])
    span = spans(measure.done_on, months, date.min)
    assert span is not None
    if today() < span.after.end:
        message, remedy = N_("The months after the measure are not over yet."), N_("Come back on that day.")
        raise Conflict(message, field="months", value=span.after.end, remedy=remedy)
    return measure.done_on, span.after


# --- what is read -----------------------------------------------------------------------------------------------------

ROW = {name: picture.ROW[name] for name in ("lon", "lat", "at", "organisation", "accuracy", "restricted")}
"""What is read of each row."""


def _read(session: Session, member: Member, audience: Audience, period: Period) -> Rows:
    seen = Deviation.visibility.in_(audience.sees)
    wanted = Filter(start=clock.midnight(period.first), end=clock.midnight(period.end))
    found = packed.read(session, ROW, *finding.everything(session, member, wanted), seen)
    month = packed.moments(found["at"]).astype("datetime64[M]") - np.datetime64(period.first, "M")
    return Rows(
        picture.begun(session, member, audience) or period.end,
        transform(np.stack([found["lon"], found["lat"]], axis=1), WGS84, SWEREF99TM),
        month.astype(np.int64),
        packed.identified(found["organisation"])[0],
        found["accuracy"],
        int(found["restricted"].sum()),
    )


def _known(session: Session, member: Member) -> Known:
    """Return of what counts the forum's frozen cards told everybody."""
    return known(TELLINGS.validate_python(effects.tellings(session, member)))


def _under(session: Session, member: Member, after: Period) -> list[tuple[str, BaseGeometry]]:
    """Return the ground that is drawn under a map, what lies under the rest first."""
    _, found = areas.nearby(session, member.forum_id, after.last)
    return [(each.kind, in_metres(shape_of(each.geom))) for kind in UNDER for each in found if each.kind == kind]


def _first(rows: Rows, done: date, after: Period) -> date:
    """Return the first whole month that the register has, at most `EARLIER` before the measure."""
    whole = months_before(rows.since, 0 if rows.since.day == 1 else -1)
    return min(max(whole, months_before(done, EARLIER)), after.first)


# --- the control ------------------------------------------------------------------------------------------------------


def _ground(place: Place) -> Ground:
    return Ground(f"place:{place.nr}", in_metres(place.shape), place.radius_m)


def _candidates(
    session: Session, member: Member, audience: Audience, place: Place, made: Counter
) -> list[tuple[Ground, Candidate]]:
    """Return the other places, and squares of the same size with enough in them, each with its earlier months."""
    treated, there = _ground(place), places.all_of(session, member, (places.Status.OPEN, places.Status.CLOSED))
    others = [_ground(each) for each in there if each.id != place.id and Visibility(each.visibility) in audience.sees]
    worked = [ground for ground, day in _worked(session, member) if made.first <= day < made.after.end]
    grounds = [*others, *_squares(areas.boundary(session, member.forum_id, made.after.last), treated, made)]
    found = []
    for ground in grounds:
        months = made.series(made.around(ground)[0])[made.matched]
        measured = any(ground.to(each) == 0 for each in worked)
        found.append((ground, Candidate(ground.key, months, ground.to(treated), measured)))
    return found


def _others(session: Session, member: Member, place: Place, measure: int) -> tuple[date, ...]:
    """Return when other measures were carried out at the place, or at one that touches it."""
    treated = _ground(place)
    found = _worked(session, member, without=measure)
    return tuple(sorted(day for ground, day in found if ground.to(treated) == 0))


def _worked(session: Session, member: Member, without: int = 0) -> list[tuple[Ground, date]]:
    """Return where anything was carried out, and when: also what was opened again, and at places that are no more."""
    there = {each.id: each for each in places.all_of(session, member, tuple(places.Status))}
    done = [each for each in measures.all_of(session, member, tuple(Status)) if each.done_on and each.nr != without]
    return [(_ground(there[each.place_id]), each.done_on) for each in done if each.done_on and each.place_id in there]


def _squares(boundary: BaseGeometry, treated: Ground, made: Counter) -> list[Ground]:
    area = float(shapely.buffer(treated.shape, treated.reach_m).area)
    side = int(np.clip(round(area**0.5, -1), SMALLEST_M, LARGEST_M))
    enough = made.corners(side, LEAST)
    corners = map(tuple, squares_of(in_metres(boundary), side).tolist())
    return [Ground.square(east, north, side) for east, north in corners if (east, north) in enough]


def _choose(
    treated: Sequence[int], found: Sequence[Candidate], search: Search, wanted: str | None
) -> tuple[Judged | None, Unfit | None]:
    """Return the control, or the rule that no candidate passes; one that is near or worked on cannot be chosen."""
    if wanted is None:
        return (search.fit[0], None) if search.fit else (None, search.reason)
    named = next((each for each in found if each.key == wanted), None)
    judged = controls.judge(treated, named, ring_m=RING_M) if named else None
    if judged is None or judged.unfit in (Unfit.NEAR, Unfit.MEASURE):
        remedy = N_("Choose a place where nothing was done, farther away.")
        raise Invalid(N_("This cannot be the control."), field="control", value=wanted, remedy=remedy)
    return judged, None


# --- the card ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Of:
    """What a card is of: its forum, measure, place, audience and months."""

    forum: str
    measure: int
    place: int
    audience: Audience
    months: int
    ground: Ground
    known: Known
    others: tuple[date, ...]


def _made(
    made: Counter,
    found: Sequence[tuple[Ground, Candidate]],
    under: Sequence[tuple[str, BaseGeometry]],
    of: _Of,
    wanted: str | None,
) -> Card:
    treated = of.ground
    inside, ring = made.around(treated)
    series = made.series(inside)
    candidates, known = [each for _, each in found], {each.key: each for each, _ in found}
    search = controls.find(series[made.matched], candidates, ring_m=RING_M)
    judged, reason = _choose(series[made.matched], candidates, search, wanted)
    ground = known[judged.key] if judged else None
    others = [each for each in search.fit if each != judged][:OTHERS]
    there = made.around(ground) if ground else None
    control, around = (made.series(each) for each in there) if there else (None, None)
    who, accuracy = _reported(made, inside, of.months)
    elsewhere = untouched(made, found, series[made.matched]) if ground else ()
    counts = (series, made.series(ring), control, around)
    inputs = Inputs(made.done, of.months, made.first, *counts, who, elsewhere, of.others)
    grounds, weighed = [each.area for each in (treated, ground) if each], weigh(inputs)
    return Card(
        version=VERSION,
        forum=of.forum,
        measure=of.measure,
        place=of.place,
        audience=of.audience,
        area=treated.area,
        ring_m=RING_M,
        accuracy_m=accuracy,
        candidates=len(found),
        control=_control(judged, ground.area, chosen=wanted is not None) if judged and ground else None,
        no_control=reason,
        others=tuple(_control(each, known[each.key].area, chosen=False) for each in others),
        under=lines(grounds, RING_M, under),
        inputs=inputs,
        weighed=weighed,
        told=_told(made, of, weighed, ground) if ground else None,
    )


def _told(made: Counter, of: _Of, weighed: Weighed, control: Ground) -> Told | None:
    """Return what of the counts everybody may be told, beside what they were told before."""
    if weighed.figures is None:
        return None
    compared = Compared(of.ground.area, control.area, RING_M, weighed.figures.spans, of.months)
    return told(made, compared, made.around(of.ground), made.around(control), of.known)


def _reported(made: Counter, inside: NDArray[np.int64], months: int) -> tuple[tuple[int, int], float | None]:
    """Return how many organisations reported from the place before and after, and how exactly, as the median."""
    span = spans(made.done, months, made.first)
    if span is None:
        return (0, 0), None
    before, after = (made.within(inside, period) for period in (span.before, span.after))
    accuracy = made.rows.accuracy[np.concatenate([before, after])]
    who = len(np.unique(made.rows.organisation[before])), len(np.unique(made.rows.organisation[after]))
    return who, round(float(np.median(accuracy)), 1) if len(accuracy) else None


def _control(judged: Judged, area: Area, *, chosen: bool) -> Control:
    level, trend = (None if ratio is None else round(ratio, 4) for ratio in (judged.level, judged.trend))
    return Control(judged.key, area, level, trend, chosen, judged.unfit)

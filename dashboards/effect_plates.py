"""The drawings of an effect card (effektkortets bilder): its map, its counts with intervals, its series of months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import TypeAdapter
from shapely import from_wkt

from dashboards import words
from dashboards.plates import Plate
from dashboards.sentences import Said
from forum.foundation.language import N_, text
from forum.prize.evidence import WHERE
from mapping import charts, effectcharts
from mapping.cards import Card
from mapping.charts import Bar, Width
from mapping.counts import interval
from mapping.effectcharts import Counted, Difference, Named
from mapping.grounds import Area, Line
from mapping.joined import Joined
from mapping.periods import months_before
from mapping.spans import Spans
from mapping.verdicts import Figure, Figures

PLACE, CONTROL = N_("The place"), N_("The control")
RING, RING_CONTROL = N_("The ring around the place"), N_("The ring around the control")
PAIRS = {"treated": PLACE, "ring": RING, "control": CONTROL, "ring_control": RING_CONTROL}
LETTERS = (N_("P"), N_("C"))
"""Of the place and of its control on the map."""
SHORT = (N_("The place (%(p)s)"), N_("Ring around %(p)s"), N_("The control (%(c)s)"), N_("Ring around %(c)s"))
"""The same as they stand in the chart."""
MONTHLY = N_("Deviations month by month")
JOINED_OF = N_("Deviations before and after, %(n)s months at a time: of so many that none can be recognised")
LEGEND = N_(
    "Filled, %(p)s: the place. Hatched: the ring of %(ring)s metres around it. Broken line: where the ring ends."
)
LEGEND_BOTH = N_(
    "Filled, %(p)s: the place. Filled, %(c)s: the control. Hatched: the ring of %(ring)s metres around each, leaning "
    "the other way around the control. Broken line: where a ring ends."
)
BEFORE_AFTER = N_("Hollow: before. Filled: after. Lines: 95 % interval. Broken upright line: no effect.")


@dataclass(frozen=True)
class _Where:
    """What a map shows: the areas, how wide their rings are, and the ground under them."""

    area: Area
    control: Area | None
    ring_m: int
    under: tuple[Line, ...]


AREAS, JOINED, SPANS, FIGURE = TypeAdapter(_Where), TypeAdapter(Joined), TypeAdapter(Spans), TypeAdapter(Figure)
Pairs = Mapping[str, tuple[int, int]]
"""Counts before and after, by the names that a card has for its areas."""


def of(card: Card, language: str) -> tuple[Plate, ...]:
    """Return the drawings in the order in which they are read; without figures the map alone."""
    figures = card.weighed.figures
    drawn = _map(_Where(card.area, card.control.area if card.control else None, card.ring_m, card.under), language)
    if figures is None:
        return (drawn,)
    pairs = {name: getattr(figures, name) for name in PAIRS}
    return drawn, _compared(pairs, figures.difference, language), *_months(card, figures, language)


def of_evidence(content: Mapping[str, Any], language: str) -> tuple[Plate, ...]:
    """Return the drawings of a card that is evidence: of what everybody may be told, and where it lies."""
    found = []
    if WHERE in content:
        found.append(_map(AREAS.validate_python(content[WHERE]), language))
    if "counts" in content:
        found.append(_compared(content["counts"], FIGURE.validate_python(content["difference"]), language))
    for name, joined in content.get("series", {}).items():
        bars = _joined(JOINED.validate_python(joined), SPANS.validate_python(content["spans"]))
        found.append(_series(name, bars, JOINED_OF if joined["months"] > 1 else MONTHLY, language, joined["months"]))
    return tuple(found)


def _map(where: _Where, language: str) -> Plate:
    p, c = (text(letter, language) for letter in LETTERS)
    named = [Named(p, text(N_("The place with its ring"), language), where.area)]
    if where.control:
        named.append(Named(c, text(N_("The control with its ring"), language), where.control))
    wide, slim = (effectcharts.areas(tuple(named), where.ring_m, where.under, width) for width in Width)
    title = text(N_("Where"), language)
    said = Said(text(N_("The place beside what it is compared with") if where.control else PLACE, language))
    legend = text(LEGEND_BOTH if where.control else LEGEND, language, p=p, c=c, ring=where.ring_m)
    head = (N_("Where"), N_("Middle: east, north (SWEREF 99 TM)"), N_("Square metres"), N_("Of them the ring"))
    rows = [_lies(f"{each.letter}: {text(name, language)}", each.area, where.ring_m, language)
            for each, name in zip(named, (PLACE, CONTROL), strict=False)]  # fmt: skip
    told = tuple(text(word, language) for word in head)
    return Plate("areas", title, said, legend, wide, f"{said.text}. {legend}", told, tuple(rows), slim=slim)


def _lies(name: str, area: Area, ring_m: int, language: str) -> tuple[str, ...]:
    middle, ring, whole = from_wkt(area.shape).centroid, area.ring(ring_m).area, area.whole.area
    where = f"{round(middle.x)}, {round(middle.y)}"
    return name, where, words.number(round(whole + ring, -1), language), words.number(round(ring, -1), language)


def _compared(pairs: Pairs, found: Figure, language: str) -> Plate:
    p, c = (text(letter, language) for letter in LETTERS)
    named = [
        (text(word, language), _bar(pairs[name][0]), _bar(pairs[name][1]))
        for name, word in PAIRS.items()
        if name in pairs
    ]
    short = (text(word, language, p=p, c=c) for name, word in zip(PAIRS, SHORT, strict=True) if name in pairs)
    counted = tuple(
        Counted(name, before, after, n == 0)
        for n, (name, (_, before, after)) in enumerate(zip(short, named, strict=True))
    )
    zero = text(N_("no effect"), language)
    estimate, high = found.estimate or 0.0, found.high or 0.0
    printed = words.number(estimate, language, 1)
    difference = Difference(text(N_("Difference (WDD)"), language), estimate, found.low, high, printed, zero)
    wide, slim = (effectcharts.compared(counted, difference, width) for width in Width)
    title, said = text(N_("How many"), language), Said(text(N_("Before and after, each with its interval"), language))
    head = tuple(text(word, language) for word in (N_("Where"), N_("Before"), N_("After")))
    rows = [(name, *(_count(*each, language=language) for each in both)) for name, *both in named]
    rows.append((difference.name, "–", f"{printed} ({_span(found.low, high, language)})"))
    alt = f"{said.text}. " + ". ".join(f"{row[0]}: {row[1]} → {row[2]}" for row in rows[:-1])
    method = text(BEFORE_AFTER, language)
    return Plate("compared", title, said, method, wide, alt, head, tuple(rows), slim=slim)


def _bar(count: int) -> tuple[float, float, float]:
    return (count, *interval(count))


def _count(count: float, low: float, high: float, *, language: str) -> str:
    return f"{words.number(count, language)} ({_span(low, high, language)})"


def _span(low: float, high: float, language: str) -> str:
    ends = {"low": words.number(low, language, 1), "high": words.number(high, language, 1)}
    return text(N_("%(low)s to %(high)s"), language, **ends)


def _months(card: Card, figures: Figures, language: str) -> Iterator[Plate]:
    """Yield the monthly series of the place and of its control."""
    spans = figures.spans
    for name, counts in (("treated", card.inputs.treated), ("control", card.inputs.control)):
        bars = []
        for n, count in enumerate(counts or ()):
            first = months_before(card.inputs.first, -n)
            now, before = (span.first <= first < span.end for span in (spans.after, spans.before))
            bars.append(Bar(f"{first:%Y-%m}", count, *interval(count), now=now, before=before))
        yield _series(name, bars, MONTHLY, language)


def _joined(joined: Joined, spans: Spans) -> list[Bar]:
    """Return a series whose months were joined until each count could be told, by the first month of each."""
    return [
        Bar(
            f"{months_before(span.first, -n * joined.months):%Y-%m}",
            count,
            *interval(count),
            now=now,
            before=not now,
            apart=now and n == 0 and span.first > spans.before.end,
        )
        for span, counts, now in ((spans.before, joined.before, False), (spans.after, joined.after, True))
        for n, count in enumerate(counts)
    ]


def _series(name: str, bars: Sequence[Bar], said: str, language: str, months: int = 1) -> Plate:
    """Return a series: before is hollow, after filled; each count of so many months from the one that it names."""
    rows = [(_from(bar.name, months, language), words.number(bar.count, language), _span(bar.low, bar.high, language))
            for bar in bars]  # fmt: skip
    wide, slim = (charts.months(tuple(bars), width) for width in Width)
    told = text(said, language, n=words.number(months, language))
    method = text(N_("Hollow: before. Filled: after. Bars: 95 % interval of the count."), language)
    heading, head = (text(PAIRS[name], language), (N_("Month"), N_("Count"), N_("Interval")))
    return Plate(name, heading, Said(told), method, wide, f"{heading}: {told}",
                 tuple(text(word, language) for word in head), tuple(rows), slim=slim)  # fmt: skip


def _from(name: str, months: int, language: str) -> str:
    first = date.fromisoformat(f"{name}-01")
    return words.months(first, months_before(first, 1 - months), language)

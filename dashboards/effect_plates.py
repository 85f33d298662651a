"""The drawings of an effect card (effektkortets bilder): its map, its counts with intervals, its series of months."""

from __future__ import annotations

from collections.abc import Iterator

from shapely import from_wkt

from dashboards import words
from dashboards.plates import Plate
from dashboards.sentences import Said
from forum.foundation.language import N_, text
from mapping import charts, effectcharts
from mapping.cards import Card
from mapping.charts import Bar, Width
from mapping.counts import interval
from mapping.effectcharts import Counted, Difference, Named
from mapping.grounds import Area
from mapping.periods import months_before
from mapping.verdicts import Figures

PLACE, CONTROL = N_("The place"), N_("The control")
RING, RING_CONTROL = N_("The ring around the place"), N_("The ring around the control")
LETTERS = (N_("P"), N_("C"))
"""Of the place and of its control on the map."""
SHORT = (N_("The place (%(p)s)"), N_("Ring around %(p)s"), N_("The control (%(c)s)"), N_("Ring around %(c)s"))
"""The same as they stand in the chart."""
LEGEND = N_(
    "Filled, %(p)s: the place. Hatched: the ring of %(ring)s metres around it. Broken line: where the ring ends."
)
LEGEND_BOTH = N_(
    "Filled, %(p)s: the place. Filled, %(c)s: the control. Hatched: the ring of %(ring)s metres around each, leaning "
    "the other way around the control. Broken line: where a ring ends."
)
BEFORE_AFTER = N_("Hollow: before. Filled: after. Lines: 95 % interval. Broken upright line: no effect.")


def of(card: Card, language: str) -> tuple[Plate, ...]:
    """Return the drawings in the order in which they are read; without figures the map alone."""
    figures = card.weighed.figures
    if figures is None:
        return (_map(card, language),)
    return _map(card, language), _compared(figures, language), *_months(card, figures, language)


def _map(card: Card, language: str) -> Plate:
    p, c = (text(letter, language) for letter in LETTERS)
    named = [Named(p, text(N_("The place with its ring"), language), card.area)]
    if card.control:
        named.append(Named(c, text(N_("The control with its ring"), language), card.control.area))
    wide, slim = (effectcharts.areas(tuple(named), card.ring_m, card.under, width) for width in Width)
    title = text(N_("Where"), language)
    said = Said(text(N_("The place beside what it is compared with") if card.control else PLACE, language))
    legend = text(LEGEND_BOTH if card.control else LEGEND, language, p=p, c=c, ring=card.ring_m)
    head = (N_("Where"), N_("Middle: east, north (SWEREF 99 TM)"), N_("Square metres"), N_("Of them the ring"))
    rows = [_lies(f"{each.letter}: {text(name, language)}", each.area, card.ring_m, language)
            for each, name in zip(named, (PLACE, CONTROL), strict=False)]  # fmt: skip
    told = tuple(text(word, language) for word in head)
    return Plate("areas", title, said, legend, wide, f"{said.text}. {legend}", told, tuple(rows), slim=slim)


def _lies(name: str, area: Area, ring_m: int, language: str) -> tuple[str, ...]:
    middle, ring, whole = from_wkt(area.shape).centroid, area.ring(ring_m).area, area.whole.area
    where = f"{round(middle.x)}, {round(middle.y)}"
    return name, where, words.number(round(whole + ring, -1), language), words.number(round(ring, -1), language)


def _compared(figures: Figures, language: str) -> Plate:
    p, c = (text(letter, language) for letter in LETTERS)
    pairs = ((PLACE, figures.treated), (RING, figures.ring), (CONTROL, figures.control),
             (RING_CONTROL, figures.ring_control))  # fmt: skip
    named = [(text(name, language), _bar(before), _bar(after)) for name, (before, after) in pairs]
    short = (text(name, language, p=p, c=c) for name in SHORT)
    counted = tuple(
        Counted(name, before, after, n == 0)
        for n, (name, (_, before, after)) in enumerate(zip(short, named, strict=True))
    )
    found, zero = figures.difference, text(N_("no effect"), language)
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
    """Yield the monthly series of the place and of its control; before is hollow, after filled."""
    spans, head = figures.spans, tuple(text(word, language) for word in (N_("Month"), N_("Count"), N_("Interval")))
    series = (("treated", PLACE, card.inputs.treated), ("control", CONTROL, card.inputs.control))
    for name, heading, counts in series:
        bars, rows = [], []
        for n, count in enumerate(counts or ()):
            first, (low, high) = months_before(card.inputs.first, -n), interval(count)
            now, before = (span.first <= first < span.end for span in (spans.after, spans.before))
            bars.append(Bar(f"{first:%Y-%m}", count, low, high, now=now, before=before))
            rows.append((words.month(first, language), words.number(count, language), _span(low, high, language)))
        wide, slim = (charts.months(tuple(bars), width) for width in Width)
        said = Said(text(N_("Deviations month by month"), language))
        method = text(N_("Hollow: before. Filled: after. Bars: 95 % interval of the count."), language)
        title = text(heading, language)
        yield Plate(name, title, said, method, wide, f"{title}: {said.text}", head, tuple(rows), slim=slim)

"""Perceived beside reported in a picture (upplevt och anmält): two plates, a sentence, a chart, a table each.

Neutral words: no area or place is ranked, they stand by name, and who cannot be placed is told why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count

from dashboards import words
from dashboards.plates import Plate
from dashboards.sentences import Said
from forum.foundation.language import N_, text
from mapping import charts, quadrants
from mapping.charts import Crossing, Width
from mapping.perceived import Level, Placed, Quadrant, Side
from mapping.quadrants import Quadrants
from mapping.surveys import Basis

PERCEIVED = {
    Side.HIGH: N_("more insecurity"),
    Side.LOW: N_("less insecurity"),
    Side.UNTOLD: N_("insecurity: too few to say"),
    Side.FEW: N_("insecurity: too few answers"),
    Side.MISSING: N_("insecurity: a figure is missing"),
}
REPORTED = {
    Side.HIGH: N_("more reported"),
    Side.LOW: N_("less reported"),
    Side.UNTOLD: N_("reported: too few to say"),
    Side.MISSING: N_("reported: a figure is missing"),
}
"""What each figure says beside the whole; of counts there is no least number of answers."""
CORNERS = ((Side.HIGH, Side.LOW), (Side.HIGH, Side.HIGH), (Side.LOW, Side.LOW), (Side.LOW, Side.HIGH))
"""The quadrants as they are drawn: above first, from left to right."""
BY_AREA = N_(
    "Beside the areas as a whole, where the lines cross. Filled: both 95 % intervals leave the whole out, counted "
    "together over all areas. Hollow: too few to say."
)
BY_PLACE = N_(
    "Deviations of the period: unease, and what would be an offence, beside the mean of the places. Filled: both 95 % "
    "intervals leave the mean out, counted together over all places. Hollow: too few to say."
)
SCALE = N_("Each step doubles or halves; what lies beyond the edge, or is 0, is drawn at it.")
LIMITS = N_(
    "A survey asks those who live there, offences are counted where they were reported: neither corrects the other."
)
PER = 1000
"""Inhabitants that a rate is told for."""


def plates(found: Quadrants, places: Mapping[str, str], language: str) -> list[Plate]:
    """Return the plates of areas and of places; without figures or places there is none.

    A place without a name that the audience sees stands by its number.
    """
    named = sorted((replace(each, key=places.get(each.key, each.key)) for each in found.places), key=_key)
    return [
        *([of_areas(found.areas, language)] if found.areas.placed else []),
        *([_of_places(named, language)] if len(named) > 1 else []),
    ]


def _key(placed: Placed) -> str:
    return placed.key


def of_areas(found: quadrants.Areas, language: str) -> Plate:
    """Return the plate of areas."""
    head = (N_("Area"), N_("Together"), N_("Insecure"), N_("of answers"), N_("Reported per 1,000"), N_("Count"))
    rows = tuple(
        (each.key, _together(each, language), *_share(each.perceived, language), *_rate(each.reported, language))
        for each in found.placed
    )
    sources = [_basis(each, language) for each in (found.perceived, found.reported) if each]
    plate = _plate("perceived", found.placed, BY_AREA, language)
    return replace(
        plate,
        heading=text(N_("Perceived and reported, by area"), language),
        head=tuple(text(each, language) for each in head),
        rows=_lettered(rows),
        note=" ".join((*sources, text(LIMITS, language))),
    )


def _of_places(named: Sequence[Placed], language: str) -> Plate:
    head = (N_("Place"), N_("Together"), N_("Unease"), N_("Offences"))
    rows = tuple(
        (each.key, _together(each, language), *(_count(level, language) for level in (each.perceived, each.reported)))
        for each in named
    )
    return replace(
        _plate("perceived-places", named, BY_PLACE, language),
        heading=text(N_("Perceived and reported, by place"), language),
        head=tuple(text(each, language) for each in head),
        rows=_lettered(rows),
        note=text(
            N_("Places differ in size and in who walks there; the mean is that of those that are open."), language
        ),
    )


def _plate(name: str, placed: Sequence[Placed], method: str, language: str) -> Plate:
    told = sum(each.quadrant is not Quadrant.UNTOLD for each in placed)
    message = N_("%(told)s of %(all)s differ from the whole in both; of the others there are too few to say.")
    said = Said(text(message, language, told=words.number(told, language), all=words.number(len(placed), language)))
    crossings = tuple(_crossing(letter, each) for letter, each in zip(_letters(), placed, strict=False))
    sides = text(N_("reported, times the whole"), language), text(N_("insecurity, times the whole"), language)
    corners = tuple(_both(*corner, language).replace(", ", ",\n") for corner in CORNERS)
    wide, narrow = (charts.quadrants(crossings, sides, corners, width) for width in Width)
    parts = [
        f"{letter} {each.key}: {_together(each, language)}" for letter, each in zip(_letters(), placed, strict=False)
    ]
    alt = f"{said.text} {'; '.join(parts)}."
    how = f"{text(method, language)} {text(SCALE, language)}"
    return Plate(name, "", said, how, wide, alt, (), (), slim=narrow)


def _letters() -> Iterator[str]:
    """Yield what each point is called in the chart and in its table: a to z, then a1 and on."""
    return (chr(97 + i % 26) + (str(i // 26) if i >= 26 else "") for i in count())


def _lettered(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple((f"{letter} {name}", *rest) for letter, (name, *rest) in zip(_letters(), rows, strict=False))


def _crossing(letter: str, placed: Placed) -> Crossing:
    return Crossing(letter, _times(placed.reported), _times(placed.perceived), placed.quadrant is not Quadrant.UNTOLD)


def _times(level: Level | None) -> tuple[float, float, float] | None:
    """Return a figure and its interval as times the whole; None where there is nothing to draw."""
    if level is None or not level.whole:
        return None
    return level.value / level.whole, level.low / level.whole, level.high / level.whole


def _together(placed: Placed, language: str) -> str:
    return _both(*placed.sides, language)


def _both(perceived: Side, reported: Side, language: str) -> str:
    return f"{text(PERCEIVED[perceived], language)}, {text(REPORTED[reported], language)}"


def _share(level: Level | None, language: str) -> tuple[str, str]:
    if level is None:
        return "–", "–"
    said = _span(level, language, 100, words.PER_CENT)
    return said, words.number(level.n, language)


def _rate(level: Level | None, language: str) -> tuple[str, str]:
    return (_span(level, language, PER, ""), words.number(level.n, language)) if level else ("–", "–")


def _span(level: Level, language: str, times: int, unit: str) -> str:
    value, low, high = (words.number(each * times, language, 1) for each in (level.value, level.low, level.high))
    return f"{value}{unit} ({low}–{high})"


def _count(level: Level | None, language: str) -> str:
    return words.number(level.n, language) if level else "–"


def _basis(basis: Basis, language: str) -> str:
    message = N_("%(topic)s: %(source)s %(year)s, %(publisher)s.")
    named: Mapping[str, object] = vars(basis)
    return text(message, language, **named)

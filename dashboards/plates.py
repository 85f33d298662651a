"""The plates of a picture (tavlorna): a sentence on what is seen, a chart with its intervals, the table behind it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from textwrap import wrap

from shapely.geometry.base import BaseGeometry

from dashboards import patterns, words
from dashboards.choices import KINDS, WEEKDAYS
from dashboards.sentences import VERDICTS, Said, Speaker
from forum.foundation.language import N_, text
from mapping import cellmaps, charts
from mapping.analyses import HOT_M, REACH, REDRAWS, Hot
from mapping.charts import Bar, Pair, Width
from mapping.counts import TOO_FEW, Comparison, Verdict
from mapping.figures import Counted, Table
from mapping.inhabitants import Rate
from mapping.paths import Paths
from mapping.picture import Picture
from mapping.surveys import Inhabitants

DRAWN = 15
"""Groups of a chart at most, the largest; the table has them all."""

LETTERS = {Width.WIDE: 26, Width.PHONE: 17}
"""Of a line of a group's name in a chart at most; it has two."""

BY_MONTH = N_(
    "Count of each month. Band and bars: 95 % interval of the count. Filled: the period; hollow: a year before."
)
IN_GROUPS = N_(
    "Filled: now, with the 95 %% interval of the count. Hollow: %(then)s. "
    "The table's comparisons err together in 5 of 100."
)
COUNTED = N_("The count with its 95 % interval.")
IN_SQUARES = N_(
    "Count in squares of %(side)s metres, numbers from %(least)s. Half of the points are known within %(m)s metres: "
    "some belong to the square beside."
)
BY_TEST = N_(
    "Framed: squares of %(side)s metres with more within %(reach)s metres than chance brings (Gi*, exact); of what is "
    "framed at most 5 in 100 are false (Benjamini–Hochberg). Sureness: in how many of %(draws)s redraws it stays, when "
    "each point is moved within its own accuracy."
)
APART = N_("What is known only as a span of more than an hour is counted apart, not spread out.")
SPREAD = N_(
    "In the chart and by weekday, what is known only as a span of more than an hour is spread evenly over it; "
    "the other columns count it apart."
)
"""How each chart is made."""


@dataclass(frozen=True)
class Plate:
    """One chart with all that stands around it; `svg` is the drawing for paper, `slim` the one for a phone."""

    name: str
    heading: str
    said: Said
    method: str
    svg: str
    alt: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    slim: str = ""

    @property
    def picture(self) -> str:
        """Return the drawing as the address of an image, in the reader's colour scheme."""
        return _address(charts.themed(self.svg))

    @property
    def narrow(self) -> str:
        """Return the drawing for a phone, none where there is only one."""
        return _address(charts.themed(self.slim)) if self.slim else ""

    @property
    def printed(self) -> str:
        """Return the drawing as the address of an image, for paper."""
        return _address(self.svg)

    @property
    def scale(self) -> list[tuple[str, str]]:
        """Return the colours of the map's squares with the counts that they stand for."""
        return SCALE if self.name == "squares" else []


def _address(svg: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


SCALE = [
    (colour, f"{least}–{end - 1}" if end else f"{least}+")
    for (least, colour), end in zip(charts.COUNTS, [*(least for least, _ in charts.COUNTS[1:]), None], strict=True)
]
"""From so many up to so many."""


@dataclass(frozen=True)
class Ground:
    """The outlines under the squares, in metres of SWEREF 99 TM."""

    whole: BaseGeometry
    parts: tuple[BaseGeometry, ...]


class Plates:
    """Makes the plates of one picture in one language."""

    def __init__(self, found: Picture, speaker: Speaker, names: Mapping[str, Mapping[str, str]]) -> None:
        self.found, self.speaker, self.language = found, speaker, speaker.language
        kinds = {kind.value: text(said, self.language) for kind, said in KINDS.items()}
        self.names = {"areas": {}, "kinds": kinds, "paths": {"": self._(N_("Paths without a name"))}, **names}

    def _(self, message: str, **params: object) -> str:
        return text(message, self.language, **params)

    def all(self, ground: Ground) -> list[Plate]:
        """Return the plates in the order in which they are read; what has no groups is left out."""
        if not self.found.total.count:
            return [self.months()] if self.found.months else []
        *tables, at_places = ([self.of_table(name)] if getattr(self.found, name).groups else [] for name in TABLES)
        squares = [self.squares(ground)] if self.found.squares.cells else []
        paths = [self.paths(self.found.paths)] if self.found.paths and self.found.paths.table.groups else []
        return [self.months(), *chain(*tables), *squares, *at_places, *paths, self.hours()]

    def months(self) -> Plate:
        """Return the series of months."""
        found, speaker = self.found, self.speaker
        now, then = (f"{day:%Y-%m}" for day in (found.period.first, found.last_year.first))
        end = f"{found.last_year.last:%Y-%m}"
        bars = tuple(
            Bar(self._short(m.key), m.count, m.low, m.high, now=m.key >= now, before=then <= m.key <= end)
            for m in found.months
        )
        head = (self._(N_("Month")), *self._counted(), self._(N_("Same month last year")), self._(N_("Reported")))
        rows = tuple(
            (
                self._month(m.key),
                words.number(m.count, self.language),
                self._span(m.low, m.high),
                self._compared(m.last_year) if m.last_year else "–",
                words.number(m.reporters, self.language),
            )
            for m in found.months
        )
        said = speaker.months()
        method = self._(BY_MONTH)
        note = self._(N_("Reported: how many organisations. A trend measures who reports as well."))
        drawn, slim = (charts.months(bars, width) for width in Width)
        return Plate("months", self._(N_("Month by month")), said, method, drawn, said.text, head, rows, note, slim)

    def of_table(self, name: str) -> Plate:
        """Return a table of groups beside what is compared with."""
        plate, known = self._groups(name, getattr(self.found, name), name, TABLES[name]), self.found.inhabitants
        return self._lived_in(plate, known) if name == "areas" and known else plate

    def _lived_in(self, plate: Plate, known: Inhabitants) -> Plate:
        """Return the plate of areas with what they have per inhabitant, where it is known how many live there."""
        if not known.basis or not known.rates:
            return plate
        told = {each.key: self._per_inhabitants(each) for each in known.rates}
        keys = [group.key for group in self.found.areas.groups]
        rows = tuple((*row, told.get(key, "–")) for key, row in zip(keys, plate.rows, strict=True))
        note = self._(LIVING, least=TOO_FEW, **vars(known.basis))
        head = (*plate.head, self._(N_("Per 1,000 inhabitants")))
        return replace(plate, head=head, rows=rows, note=f"{plate.note} {note}")

    def _per_inhabitants(self, each: Rate) -> str:
        span = self._span(each.low, each.high, 1)
        return span if each.rate is None else f"{words.number(each.rate, self.language, 1)} ({span})"

    def paths(self, found: Paths) -> Plate:
        """Return the paths beside what is compared with, each with its length."""
        plate = self._groups("paths", found.table, "paths/table", ALONG)
        number = partial(words.number, language=self.language)
        head = (*plate.head, self._(N_("Metres of path")))
        rows = tuple((*row, number(length)) for row, length in zip(plate.rows, found.lengths_m, strict=True))
        method = self._(BY_PATH, reach=found.reach_m, vague=number(found.vague))
        return replace(plate, head=head, rows=rows, method=f"{plate.method} {method}")

    def _groups(self, name: str, table: Table, at: str, named: tuple[str, str, str]) -> Plate:
        (heading, first, note), base = named, self.speaker.base
        drawn, slim = (
            charts.pairs(tuple(self._pair(name, group, base, most) for group in table.groups[:DRAWN]), width)
            for width, most in LETTERS.items()
        )
        thens = (self._(N_("The period before")), self._(N_("The same period last year")))
        head = (self._(first), *self._counted(), *thens, self._(N_("Reported")))
        rows = tuple(self._row(self._called(name, group), group) for group in table.groups)
        said = self.speaker.group(at, self.names[name])
        method = self._(IN_GROUPS, then=self.speaker.then(base)) if self.speaker.comparable else self._(COUNTED)
        return Plate(name, self._(heading), said, method, drawn, said.text, head, rows, self._(note), slim)

    def _pair(self, name: str, group: Counted, base: str, most: int) -> Pair:
        called = lines(self._called(name, group), most)
        return Pair(called, group.count, group.low, group.high, self._before(group, base))

    def squares(self, ground: Ground) -> Plate:
        """Return the map of squares, with a frame around what stands out by a test."""
        cells, hot = self.found.squares, self.found.analyses.hotspots.hot if self.found.analyses else ()
        said = patterns.what_is_hot(self.speaker) if self.found.analyses else self.speaker.squares()
        drawn = cellmaps.squares(
            tuple((c.east, c.north, c.count) for c in cells.cells),
            cells.side_m,
            ground.whole,
            ground.parts,
            (HOT_M, tuple(tuple((c.east, c.north) for c in lot.cells) for lot in hot)),
        )
        head = (
            self._(N_("Square (east, north in SWEREF 99 TM)")),
            *self._counted(),
            self._(N_("Sureness")),
        )
        most = sorted(cells.cells, key=lambda cell: (-cell.count, cell.east, cell.north))
        single = tuple((f"{c.east}, {c.north}", words.number(c.count, self.language), "", "") for c in most)
        rows = tuple(self._hot(i, lot) for i, lot in enumerate(hot, start=1)) + single
        accuracy = words.number(cells.accuracy_m or 0, self.language)
        method = self._(IN_SQUARES, side=cells.side_m, least=charts.NUMBERED, m=accuracy)
        if hot:
            method += " " + self._(BY_TEST, side=HOT_M, reach=round(REACH * HOT_M), draws=REDRAWS)
        graded = [patterns.how_it_did(self.speaker).text] if self.found.analyses and hot else []
        note = " ".join([*graded, self._(N_("Counts, not per inhabitant."))])
        return Plate("squares", self._(N_("Where")), said, method, drawn, said.text, head, rows, note)

    def _hot(self, number: int, lot: Hot) -> tuple[str, ...]:
        squares = self._(N_("Accumulation %(n)s, squares: %(squares)s"), n=number, squares=len(lot.cells))
        where = f"{squares}, {lot.cells[0].east}, {lot.cells[0].north}"
        name = where + (f" ({self._(N_('new'))})" if lot.new else "")
        sure = f"{round(100 * lot.holds)}{words.PER_CENT}"
        return (name, words.number(lot.count, self.language), self._span(lot.low, lot.high), sure)

    def hours(self) -> Plate:
        """Return the week by hours."""
        hours, said = self.found.hours, self.speaker.hours()
        days = tuple(
            text(day, self.language)[:2].lower() if self.language == "sv" else text(day, self.language)[:3]
            for day in WEEKDAYS
        )
        thens = (self._(N_("The period before")), self._(N_("The same period last year")))
        head = (self._(N_("Hour")), *days, *self._counted(), *thens, self._(N_("Reported")))
        week = tuple(tuple(round(n) for n in day) for day in hours.spread or hours.week)
        rows = tuple(self._hour(group, [day[int(group.key)] for day in week]) for group in hours.table.groups)
        method = self._(N_("Count by weekday and hour, Swedish time."))
        note = self._(APART) if not hours.spread else self._(SPREAD)
        drawn, slim = (cellmaps.week(week, days, width) for width in Width)
        return Plate("hours", self._(N_("When in the week")), said, method, drawn, said.text, head, rows, note, slim)

    def _hour(self, group: Counted, days: list[int]) -> tuple[str, ...]:
        """Return what an hour has on each weekday, as the chart shows it, and in all."""
        name, *rest = self._row(f"{group.key}–{(int(group.key) + 1) % 24:02}", group)
        return (name, *(words.number(n, self.language) for n in days), *rest)

    def _row(self, name: str, group: Counted) -> tuple[str, ...]:
        return (
            name,
            words.number(group.count, self.language),
            self._span(group.low, group.high),
            self._compared(group.previous),
            self._compared(group.last_year),
            words.number(group.reporters.now, self.language),
        )

    def _counted(self) -> tuple[str, str]:
        return self._(N_("Deviations")), self._(N_("95 % interval"))

    def _compared(self, compared: Comparison) -> str:
        """Return a comparison as a cell says it: what was before, how many times as many, and what that means."""
        before, verdict = words.number(compared.before, self.language), self._(VERDICTS[compared.verdict])
        if compared.verdict is Verdict.NOT_COVERED:
            return verdict
        if compared.ratio is None or compared.verdict is Verdict.TOO_FEW:
            return f"{before}; {verdict}"
        ratio = words.number(compared.ratio, self.language, 2)
        return f"{before}; × {ratio} ({self._span(compared.low, compared.high, 2)}), {verdict}"

    def _span(self, low: float, high: float | None, decimals: int = 0) -> str:
        upper = "…" if high is None else words.number(high, self.language, decimals)
        return f"{words.number(low, self.language, decimals)}–{upper}"

    def _before(self, group: Counted, base: str) -> int | None:
        compared: Comparison = getattr(group, base)
        return None if compared.verdict is Verdict.NOT_COVERED else compared.before

    def _called(self, table: str, group: Counted) -> str:
        return self.names[table].get(group.key, group.key)

    def _month(self, key: str) -> str:
        return words.month(date.fromisoformat(f"{key}-01"), self.language)

    def _short(self, key: str) -> str:
        day = date.fromisoformat(f"{key}-01")
        return words.day(day, self.language, weekday=False, year=day.month == 1).partition(" ")[2]


def lines(name: str, most: int, rows: int = 2) -> str:
    """Return a name in so many lines of so many letters at most."""
    found = wrap(name, most)
    if len(found) > rows:
        last = f"{found[rows - 1][: most - 1].rstrip(' ,')}…"
        found = [*found[: rows - 1], last]
    return "\n".join(found)


TABLES = {
    "kinds": (N_("Who reports"), N_("Kind of organisation"), N_("A trend measures who reports as well.")),
    "categories": (N_("What"), N_("Category"), N_("Each deviation has one category.")),
    "areas": (N_("In which area"), N_("Area"), N_("Areas as they were on the day of each deviation.")),
    "places": (N_("At the forum's places"), N_("Place"), N_("A deviation may belong to several places, or to none.")),
}
"""The tables of a picture: what they are called, their first column, and what to know about them."""
LIVING = N_(
    "Inhabitants: %(source)s %(year)s, %(publisher)s. Per inhabitant says nothing of those who pass by; with fewer "
    "than %(least)s deviations the interval stands alone."
)
ALONG = (
    N_("Along the paths"), N_("Path"), N_("More lies along a long path than along a short one: see its length."),
)  # fmt: skip
BY_PATH = N_(
    "Within %(reach)s metres of a path's line; each deviation at its nearest path alone. Known less exactly than that, "
    "and so at no path: %(vague)s."
)

"""The wheel of the year on the picture's page (årshjulet): a sentence, the year round a circle, the table behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from holidays import country_holidays

from dashboards import words
from dashboards.findings import USUAL
from dashboards.plates import Plate, Plates
from dashboards.sentences import VERDICTS, Said
from forum.foundation.language import N_, text
from mapping import dials
from mapping.charts import Width
from mapping.counts import Verdict
from mapping.dials import Marks, Sector, Stretch
from mapping.rhythms import Kind
from mapping.terms import Break, Off
from mapping.wheels import By, Part, Wheel

BREAKS = {
    Break.SPORTS: N_("sports break"),
    Break.EASTER: N_("Easter break"),
    Break.SUMMER: N_("summer break"),
    Break.AUTUMN: N_("autumn break"),
    Break.WINTER: N_("Christmas break"),
}
KINDS = {
    Kind.SCHOOL: N_("School days"),
    Kind.BREAK: N_("Weekdays without school"),
    Kind.WEEKEND: N_("Saturdays and Sundays"),
    Kind.HOLIDAY: N_("Public holidays and their eves"),
}
METHOD = N_(
    "Deviations in seven days, all years from %(first)s to %(last)s together, by the day they began. Broken circle: "
    "the mean. Filled: differs from the rest of the year beyond chance, all tested together. Lines: 95 %% interval."
)
MARKED = N_(
    "The inner ring is filled on school days; gaps are breaks, diamonds public holidays and their eves, as they lie in "
    "%(year)s. Compared: a part with the rest of the year, a kind of days with school days."
)
ONCE = N_("Less than two years are covered: whether it comes back every year cannot be told yet.")
MOST_IN = N_(
    "Most in %(name)s: %(n)s in %(days)s days, %(ratio)s times as many a day as in the rest of the year "
    "(95 %% interval %(low)s to %(high)s)."
)
NONE_APART = {
    By.WEEK: N_("No week differs from the rest of the year beyond chance: %(n)s deviations in %(days)s days."),
    By.MONTH: N_("No month differs from the rest of the year beyond chance: %(n)s deviations in %(days)s days."),
}
FEWEST_IN = N_(
    "Fewest in %(name)s: %(n)s in %(days)s days, %(ratio)s times as many a day as in the rest of the year "
    "(95 %% interval %(low)s to %(high)s)."
)
BESIDE_SCHOOL = {
    Verdict.MORE: N_("%(name)s have more a day than school days: %(n)s in %(days)s days, %(ratio)s times as many."),
    Verdict.FEWER: N_("%(name)s have fewer a day than school days: %(n)s in %(days)s days, %(ratio)s times as many."),
}


def plate(plates: Plates, found: Wheel) -> Plate:
    """Return the plate of the year."""
    return _Turned(plates, found).plate()


class _Turned:
    """Makes the plate of one wheel, in one language."""

    def __init__(self, plates: Plates, found: Wheel) -> None:
        self.speaker, self.found, self.language = plates.speaker, found, plates.language
        self.weekly = found.by is By.WEEK

    def _(self, message: str, **params: object) -> str:
        return text(message, self.language, **params)

    def plate(self) -> Plate:
        """Return the sentence, both drawings, and the table of kinds of days and of parts."""
        said, days = self.said(), partial(words.day, language=self.language, weekday=False)
        method = self._(METHOD, first=days(self.found.first), last=days(self.found.end - timedelta(days=1)))
        drawn, slim = (self.drawn(width) for width in Width)
        heads = (
            N_("Part of the year"), N_("Deviations"), N_("95 % interval"), N_("Days"), N_("In seven days"),
            N_("Compared"), N_("What lies in it"),
        )  # fmt: skip
        rows = (*(self.row(self._(KINDS[Kind(kind.key)]), kind, "") for kind in self.found.kinds), *self.rows())
        notes = [self._(MARKED, year=self.found.year), self._(USUAL), *(each.text for each in self.beside_school())]
        if not self.found.repeats:
            notes.append(self._(ONCE))
        head = tuple(self._(each) for each in heads)
        return Plate(
            "wheel", self._(N_("The wheel of the year")), said, f"{method} {notes[0]}", drawn, said.text, head, rows,
            " ".join(notes[1:]), slim,
        )  # fmt: skip

    def said(self) -> Said:
        """Return the part that stands out most: the largest of those with more, else the least of those with fewer."""
        compared = [(each.others, i) for i, each in enumerate(self.found.parts) if each.others]
        told = {
            verdict: [(one.ratio or 0.0, i) for one, i in compared if one.verdict is verdict] for verdict in Verdict
        }
        if told[Verdict.MORE]:
            return self._apart(MOST_IN, max(told[Verdict.MORE])[1])
        if told[Verdict.FEWER]:
            return self._apart(FEWEST_IN, min(told[Verdict.FEWER])[1])
        return self.speaker.say(NONE_APART[self.found.by], n="/wheel/count", days="/wheel/days")

    def _apart(self, message: str, i: int) -> Said:
        at = f"/wheel/parts/{i}"
        limits = {name: f"{at}/others/{name}" for name in ("ratio", "low", "high")}
        return self.speaker.say(message, {"name": self.called(i)}, n=f"{at}/count", days=f"{at}/days", **limits)

    def beside_school(self) -> Iterator[Said]:
        """Yield the kinds of days that differ from school days."""
        for i, each in enumerate(self.found.kinds):
            if each.others and each.others.verdict in BESIDE_SCHOOL:
                at, named = f"/wheel/kinds/{i}", {"name": self._(KINDS[Kind(each.key)])}
                message = BESIDE_SCHOOL[each.others.verdict]
                yield self.speaker.say(message, named, n=f"{at}/count", days=f"{at}/days", ratio=f"{at}/others/ratio")

    def called(self, i: int) -> str:
        """Return what a part is called: week 44, October."""
        if not self.weekly:
            return words.month_name(i + 1, self.language)
        last = i + 1 == len(self.found.parts)
        return self._(N_("week %(n)s"), n="52–53" if last else i + 1)

    def rows(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for each part."""
        starts = (*self.found.starts, self.found.span[1])
        for i, each in enumerate(self.found.parts):
            yield self.row(self.called(i), each, ", ".join(self.within(starts[i], starts[i + 1])))

    def row(self, name: str, part: Part, within: str) -> tuple[str, ...]:
        """Return the cells of a part or of a kind of days."""
        number = partial(words.number, language=self.language)
        mean = number(7 * part.count / part.days, decimals=1) if part.days else "–"
        beside = "–"
        if part.others:
            beside = self._(VERDICTS[part.others.verdict])
            if part.others.ratio is not None and part.others.verdict is not Verdict.TOO_FEW:
                beside = f"× {number(part.others.ratio, decimals=2)}, {beside}"
        span = f"{number(part.low)}–{number(part.high)}"
        return (name, number(part.count), span, number(part.days), mean, beside, within)

    def within(self, start: date, end: date) -> Iterator[str]:
        """Yield what lies in the days of a part: breaks that fill a half of it or lie in it, and public holidays."""
        for off in self.found.breaks:
            shared = (min(off.last + timedelta(days=1), end) - max(off.first, start)).days
            if 2 * shared > min((end - start).days, (off.last - off.first).days):
                yield self._(BREAKS[off.name])
        yield from (self.holidays[day] for day in self.found.holidays if start <= day < end)

    @property
    def holidays(self) -> dict[date, str]:
        """Return what the public holidays are called."""
        years = {day.year for day in self.found.holidays}
        language = "sv" if self.language == "sv" else "en_US"
        return dict(country_holidays("SE", years=years, categories=("public", "de_facto"), language=language))

    def drawn(self, width: Width) -> str:
        """Return the year round a circle."""
        starts = [self.share(day) for day in (*self.found.starts, self.found.span[1])]
        parts = enumerate(self.found.parts)
        sectors = tuple(_sector(each, starts[i], starts[i + 1]) for i, each in parts if each.days)
        months = tuple(
            (words.month_name(month, self.language)[:3], max(0.0, self.share(date(self.found.year, month, 1))))
            for month in range(1, 13)
        )
        dots = tuple(self.share(day) for day in self.found.holidays)
        marks = Marks(tuple(self._stretch(off) for off in self.found.breaks), dots, months)
        return dials.dial(sectors, 7 * self.found.count / self.found.days, marks, width)

    def _stretch(self, off: Off) -> Stretch:
        return Stretch(self._(BREAKS[off.name]), self.share(off.first), self.share(off.last + timedelta(days=1)))

    def share(self, day: date) -> float:
        """Return how far round the circle a day begins."""
        first, end = self.found.span
        return (day - first).days / (end - first).days


def _sector(part: Part, begin: float, end: float) -> Sector:
    value, low, high = (7 * each / part.days for each in (part.count, part.low, part.high))
    told = part.others is not None and part.others.verdict in (Verdict.MORE, Verdict.FEWER)
    return Sector(begin, end, value, low, high, told)

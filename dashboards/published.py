"""The public page in words (offentliga sidan): what a forum's issues say, strengths and what was done first.

Everything here is made from published issues alone, so that the page tells nothing that they do not. Areas stand in
alphabetical order and are never compared with each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from dashboards import words
from dashboards.plates import Plate
from dashboards.sentences import Said
from forum.foundation.language import N_, text
from forum.work import catalogue
from forum.work.publications import Issue
from forum.work.terms import NATURE_WORDS, Nature
from mapping import charts
from mapping.charts import Bar, Width
from mapping.counts import Comparison, Verdict, compare, interval
from mapping.figures import ALPHA

T = TypeVar("T")
NOT_SHOWN = "–"
ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}", "é": "e"})
"""The last letters of the alphabet, in their order."""
STATES = {"done": N_("Done"), "under_way": N_("Under way"), "promised": N_("Promised")}
CHANGED = {
    Verdict.FEWER: N_("%(name)s: fewer than in the same month last year, %(now)s against %(before)s."),
    Verdict.MORE: N_("%(name)s: more than in the same month last year, %(now)s against %(before)s."),
}
WHOLE = {
    Verdict.FEWER: N_("All together they are fewer than in the same month last year, %(before)s."),
    Verdict.MORE: N_("All together they are more than in the same month last year, %(before)s."),
    Verdict.ALIKE: N_("Chance alone can explain the difference from the same month last year, %(before)s."),
    Verdict.TOO_FEW: N_("They are too few to be compared with the same month last year, %(before)s."),
}
LIMITS = (
    N_("Deviations show what is registered, not all that happens. Those who look more register more."),
    N_("A dash is a count that is not shown: it is below five, or from one organisation alone, or it would tell such a "
       "count. It may be none."),
    N_("Only areas are shown, never places. What only authorities or one organisation may see is not counted."),
    N_("What was registered more than a week after the month is not counted."),
    N_("How safe people feel is not measured here. It can differ from what is registered."),
)  # fmt: skip
"""What nobody can read from the page, whatever stands on it."""


@dataclass(frozen=True)
class Told:
    """Measures in one state: their heading, and each in words."""

    heading: str
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Counts by area and category group; a count that is not shown is None."""

    groups: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str | None, ...]], ...]
    totals: tuple[str | None, ...]


@dataclass(frozen=True)
class Shown:
    """All that the page says of the latest issue."""

    month: str
    made: str
    hash: str
    strengths: tuple[str, ...]
    counted: tuple[str, ...]
    table: Table
    plate: Plate | None
    work: tuple[Told, ...]
    limits: tuple[str, ...]

    @property
    def short_hash(self) -> str:
        """Return the hash as people compare it: its beginning and its end."""
        return f"{self.hash[:4]} {self.hash[4:8]} … {self.hash[-8:-4]} {self.hash[-4:]}"


def shown(issues: tuple[Issue, ...], language: str) -> Shown | None:
    """Return the latest issue in words, None where nothing is published yet."""
    if not issues:
        return None
    latest, by_month = issues[0], {issue.month: issue.content for issue in issues}
    speaker = _Speaker(latest.content, by_month.get(_a_year_before(latest.month)), language)
    return Shown(
        month=words.month(latest.month, language),
        made=words.day(latest.made_on, language, weekday=False),
        hash=latest.hash,
        strengths=tuple(speaker.strengths()),
        counted=tuple(speaker.counted(words.month(latest.month, language))),
        table=speaker.table(),
        plate=_months(issues, language),
        work=tuple(speaker.work()),
        limits=tuple(text(limit, language) for limit in LIMITS),
    )


def work_of(content: Mapping[str, Any], language: str) -> tuple[Told, ...]:
    """Return what an issue says of measures, by their state."""
    return tuple(_Speaker(content, None, language).work())


def in_order(named: list[tuple[str, T]]) -> list[tuple[str, T]]:
    """Return things with their names in the order of the Swedish alphabet."""
    return sorted(named, key=lambda each: each[0].lower().translate(ALPHABET))


def _a_year_before(month: date) -> date:
    return month.replace(year=month.year - 1)


class _Speaker:
    """Says what an issue holds, beside the one of the same month a year before where there is one."""

    def __init__(self, content: Mapping[str, Any], before: Mapping[str, Any] | None, language: str) -> None:
        self.content, self.before, self.language = content, before, language
        self.groups = [group[language] for group in content["groups"]]

    def _(self, message: str, **params: object) -> str:
        return text(message, self.language, **params)

    def _n(self, count: int | None) -> str | None:
        return None if count is None else words.number(count, self.language)

    def strengths(self) -> Iterator[str]:
        """Yield what was done, and what has become less."""
        begun, done = (
            [m["number"] for m in self.content["measures"] if (m["state"] == "done") is is_done]
            for is_done in (False, True)
        )
        if done:
            yield self._(N_("Measures carried out in a year: %(n)s."), n=self._n(sum(done)))
        if begun:
            yield self._(N_("Measures under way or promised: %(n)s."), n=self._n(sum(begun)))
        yield from self._changed(Verdict.FEWER)

    def counted(self, month: str) -> Iterator[str]:
        """Yield how many there are, how that compares, and what has become more."""
        total, reporters = self.content["counts"][-1][-1], self.content["reporters"]
        if total is None:
            yield self._(N_("So little was registered in %(month)s that no count is shown."), month=month)
            return
        told = {"n": self._n(total), "who": self._n(reporters), "month": month}
        yield self._(N_("%(n)s deviations in %(month)s, registered by %(who)s organisations."), **told)
        a_year_ago = self.before["counts"][-1][-1] if self.before else None
        if a_year_ago is None:
            yield self._(N_("There is no published count of the same month last year to compare with."))
        else:
            verdict = compare(total, a_year_ago).verdict
            yield self._(WHOLE[verdict], before=self._n(a_year_ago))
        yield from self._changed(Verdict.MORE)

    def _changed(self, verdict: Verdict) -> Iterator[str]:
        found = self._compared()
        for name, each in found:
            if each.verdict is verdict:
                yield self._(CHANGED[verdict], name=name, now=self._n(each.now), before=self._n(each.before))

    def _compared(self) -> list[tuple[str, Comparison]]:
        """Return the groups whose count is published both now and a year before; they share one chance of error."""
        codes = [group["code"] for group in self.content["groups"]]
        now = dict(zip(codes, self.content["counts"][-1], strict=False))
        then = self.before["groups"] if self.before else []
        before = {
            group["code"]: n for group, n in zip(then, self.before["counts"][-1] if self.before else [], strict=False)
        }
        both = [(name, now[code], before[code]) for name, code in zip(self.groups, codes, strict=True)
                if now[code] is not None and before.get(code) is not None]  # fmt: skip
        return [(name, compare(a, b, alpha=ALPHA / len(both))) for name, a, b in both]

    def table(self) -> Table:
        """Return the counts of each area, in alphabetical order."""
        *lines, last = [tuple(self._n(n) for n in line) for line in self.content["counts"]]
        rows = in_order(list(zip(self.content["areas"], lines, strict=True)))
        return Table(tuple(self.groups), tuple(rows), last)

    def work(self) -> Iterator[Told]:
        """Yield the measures by how far they have come."""
        kinds = {kind.code: kind.name(self.language) for kind in catalogue.kinds()}
        for state, heading in STATES.items():
            told = [self._measure(each, kinds) for each in self.content["measures"] if each["state"] == state]
            if told:
                yield Told(self._(heading), tuple(told))

    def _measure(self, each: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
        name = kinds.get(each["kind"]) or self._(NATURE_WORDS[Nature(each["nature"])])
        month = words.month(date.fromisoformat(f"{each['month']}-01"), self.language)
        when = month if each["state"] == "done" else self._(N_("by %(month)s"), month=month)
        many = [f"{each['number']} ×"] if each["number"] > 1 else []
        return " ".join([*many, ", ".join(part for part in (name, each["area"], when) if part)])


def _months(issues: tuple[Issue, ...], language: str) -> Plate | None:
    """Return the series of the months whose sum is published; None where they make no line."""
    series = [(issue.month, issue.content["counts"][-1][-1], issue.content["reporters"]) for issue in issues[::-1]]
    found = [(month, n, who) for month, n, who in series if n is not None]
    if len(found) < 2:
        return None
    names = {month: words.month(month, language) for month, *_ in series}
    bars = tuple(
        Bar(f"{names[month][:3]} {month:%y}", n, *interval(n), now=month == issues[0].month) for month, n, _ in found
    )
    drawn, slim = (charts.months(bars, width) for width in Width)
    head = tuple(text(word, language) for word in (N_("Month"), N_("Deviations"), N_("Reported")))
    rows = tuple(
        (names[month], *(NOT_SHOWN if each is None else words.number(each, language) for each in (n, who)))
        for month, n, who in series
    )
    said = text(N_("Deviations in each month, as they were published"), language)
    note = text(N_("Reported: how many organisations. A trend measures who reports as well."), language)
    method = text(N_("Count of each month with its 95 % interval. Months that are not shown are left out."), language)
    return Plate(
        "months", text(N_("Month by month"), language), Said(said), method, drawn, said, head, rows, note, slim
    )

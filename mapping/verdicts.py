"""The verdict on a measure (utslaget): from the monthly counts of a card to its figures, its limits and its sentence.

Pure, and the one way from counts to figures: a card is made by it, recomputed by it, and tried by simulation with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf, isfinite

from mapping import effect
from mapping.counts import DECIMALS, TOO_FEW, Comparison, Verdict, compare
from mapping.periods import Period, months_before, months_between
from mapping.spans import YEAR, Inputs, Spans, months_of, pair, spans, sum_of

MATCHED = YEAR
"""Months before the measure that a control is matched on, where the register reaches so far."""
SMALL = 30
"""With fewer than so many in both periods the rate ratio is exact."""
PLACEBOS = 0.2
"""Where so large a part of the comparisons at dates or places without a measure show an effect, none is claimed."""


class Sentence(StrEnum):
    """What a card says first; its words stand in the dashboards."""

    FEWER = "fewer"
    FEWER_AROUND = "fewer_around"
    """Fewer here, and in the ring too."""
    MOVED = "moved"
    """Fewer here, but more in the ring."""
    MORE = "more"
    NOT_ENOUGH = "not_enough"
    """The interval spans no effect."""
    UNSURE = "unsure"
    """Dates or places without a measure show an effect too."""
    FEW = "few"
    """Too few to compare."""
    NO_CONTROL = "no_control"
    NOT_REACHED = "not_reached"
    """The register does not reach far enough back."""


class Limit(StrEnum):
    """What a reader must know before the figures."""

    NOT_SEASONAL = "not_seasonal"
    """Before and after are not the same calendar months."""
    PEAK = "peak"
    """The months before were worse than those before them: it would have fallen back by itself."""
    PEAK_UNKNOWN = "peak_unknown"
    NO_PLACEBO = "no_placebo"
    PLACEBO = "placebo"
    NO_ELSEWHERE = "no_elsewhere"
    ELSEWHERE = "elsewhere"
    WITH_RING = "with_ring"
    """Fewer here, but not for sure here and in the ring together."""
    OTHERS = "others"
    """Something else was carried out here in the months that are compared."""
    REPORTERS = "reporters"
    """Other numbers of organisations reported before than after."""
    DISPERSED = "dispersed"
    """Counts vary more than chance alone lets them; the wider interval is shown."""


@dataclass(frozen=True)
class Figure:
    """One figure with its interval; None where it has no limit."""

    estimate: float | None
    low: float
    high: float | None


@dataclass(frozen=True)
class Quotient:
    """Bowers and Johnson's quotient; None where the treated place did not improve."""

    success: float
    buffer: float
    wdq: float | None


@dataclass(frozen=True)
class Alone:
    """The rate of the place after beside before, without any control, and by which method."""

    ratio: Figure
    method: str


@dataclass(frozen=True)
class Placebo:
    """How many comparisons there are where nothing was done, and how many of them show an effect."""

    asked: int
    claimed: int


@dataclass(frozen=True)
class Figures:
    """What was counted and what it says; each pair is (before, after)."""

    spans: Spans
    treated: tuple[int, int]
    control: tuple[int, int]
    ring: tuple[int, int]
    ring_control: tuple[int, int]
    dispersion: float
    difference: Figure
    """Headline: the difference at the place, its interval as wide as the dispersion asks for."""
    difference_narrow: Figure
    with_ring: Figure
    around: Figure
    relative: Figure | None
    """None where a zero lets it not be computed."""
    relative_narrow: Figure | None
    alone: Alone | None
    quotient: Quotient | None
    earlier: Comparison | None
    """The place before, beside as many months before that."""
    placebo: Placebo
    """At earlier dates, at the place itself."""
    elsewhere: Placebo
    """At the same dates, at untouched places."""


@dataclass(frozen=True)
class Weighed:
    """What a card says: its sentence, what limits it, and its figures where there are any."""

    sentence: Sentence
    limits: tuple[Limit, ...]
    figures: Figures | None


def weigh(inputs: Inputs) -> Weighed:
    """Return what the counts say of the measure.

    Parameters
    ----------
    inputs : Inputs
        Counts by month.

    Returns
    -------
    Weighed
        Figures are rounded, so that they are written one way.

    Raises
    ------
    ValueError
        For a series of another length than the first.

    Notes
    -----
    The formulas are those of `mapping.effect`. Counts are weighed by the days of their period, before in proportion to
    after, and not by area: what moves into a ring moves as a count. Dispersion is the larger of two estimates from the
    control's months: the same calendar months before and after, and beside the treated place's before the measure. An
    effect is claimed where both the difference and the relative effect leave none out, each by its wider interval.
    """
    span = spans(inputs.carried_out, inputs.months, inputs.first)
    if span is None:
        return Weighed(Sentence.NOT_REACHED, (), None)
    if inputs.control is None or inputs.ring_control is None:
        return Weighed(Sentence.NO_CONTROL, (), None)
    dispersion = _dispersion(inputs, inputs.control, span)
    treated, control = (pair(inputs, series, span) for series in (inputs.treated, inputs.control))
    if dispersion is None or sum(treated) < TOO_FEW or not sum(control):
        return Weighed(Sentence.FEW, (), None)
    figures = _figures(inputs, inputs.control, inputs.ring_control, span, dispersion)
    return Weighed(_sentence(figures), tuple(_limits(inputs, figures)), figures)


def claimed(difference: Figure, relative: Figure | None) -> Verdict:
    """Return FEWER or MORE where both intervals leave no effect out, else ALIKE.

    Parameters
    ----------
    difference : Figure
        How many fewer, below zero, with its interval.
    relative : Figure or None
        Above 1 for an improvement; None where a zero lets it not be computed: then the difference decides.

    Returns
    -------
    Verdict
    """
    if _top(difference) < 0 and (relative is None or relative.low > 1):
        return Verdict.FEWER
    return Verdict.MORE if difference.low > 0 and (relative is None or _top(relative) < 1) else Verdict.ALIKE


# --- the figures ------------------------------------------------------------------------------------------------------


def _figures(
    inputs: Inputs, control: Sequence[int], ring_control: Sequence[int], span: Spans, dispersion: float
) -> Figures:
    pairs = [pair(inputs, series, span) for series in (inputs.treated, control, inputs.ring, ring_control)]
    treated, beside, ring, ring_beside = pairs
    narrow, wide = (_compared(treated, beside, span, much) for much in (1.0, dispersion))
    days = _days(span)
    whole = effect.wdd(*pairs, weights=[days] * 4)
    around = effect.wdd(ring, ring_beside, weights=[days] * 2) if sum(ring) + sum(ring_beside) else None
    return Figures(
        spans=span,
        treated=treated,
        control=beside,
        ring=ring,
        ring_control=ring_beside,
        dispersion=round(dispersion, DECIMALS),
        difference=wide[0],
        difference_narrow=narrow[0],
        with_ring=_widened(whole, dispersion),
        around=_widened(around, dispersion) if around else Figure(0.0, 0.0, 0.0),
        relative=wide[1],
        relative_narrow=narrow[1],
        alone=_alone(treated, span),
        quotient=_quotient(treated, beside, ring),
        earlier=_earlier(inputs, span),
        placebo=_placebo(inputs, control, span, dispersion),
        elsewhere=_elsewhere(inputs, span),
    )


def _compared(
    treated: tuple[int, int], control: tuple[int, int], span: Spans, dispersion: float
) -> tuple[Figure, Figure | None]:
    difference = effect.wdd(treated, control, weights=[_days(span)] * 2)
    relative = None
    if min(*treated, *control):
        relative = _figure(effect.relative_effect(treated, control, dispersion=dispersion))
    return _widened(difference, dispersion), relative


def _alone(treated: tuple[int, int], span: Spans) -> Alone | None:
    method: effect.Method = "exact" if sum(treated) < SMALL or min(treated) == 0 else "score"
    found = effect.rate_ratio(treated[1], span.after.days, treated[0], span.before.days, method=method)
    return Alone(_figure(found), method)


def _quotient(treated: tuple[int, int], control: tuple[int, int], ring: tuple[int, int]) -> Quotient | None:
    if min(control) == 0:
        return None
    found = effect.wdq(treated, control, ring)
    wdq = None if found.wdq is None else round(found.wdq, DECIMALS)
    return Quotient(round(found.success, DECIMALS), round(found.buffer, DECIMALS), wdq)


def _earlier(inputs: Inputs, span: Spans) -> Comparison | None:
    back = YEAR if span.seasonal else inputs.months
    before = Period(*(months_before(edge, back) for edge in (span.before.first, span.before.end)))
    if before.first < inputs.first:
        return None
    now, then = (sum_of(inputs, inputs.treated, period) for period in (span.before, before))
    return compare(now, then, days_now=span.before.days, days_before=before.days)


def _placebo(inputs: Inputs, control: Sequence[int], span: Spans, dispersion: float) -> Placebo:
    """Return the same comparison at dates that lie so far back that nothing was done here in its months."""
    asked = number = 0
    gap = months_between(span.before.first, span.after.first)
    end = months_before(inputs.carried_out, 0)
    while (start := months_before(end, inputs.months + gap)) >= inputs.first:
        after = Period(months_before(end, inputs.months), end)
        shifted = Spans(Period(start, months_before(start, -inputs.months)), after, span.seasonal)
        pairs = [pair(inputs, series, shifted) for series in (inputs.treated, control)]
        touched = any(start <= months_before(day, 0) < end for day in inputs.others)
        if sum(pairs[0]) >= TOO_FEW and not touched:
            asked += 1
            number += claimed(*_compared(pairs[0], pairs[1], shifted, dispersion)) is not Verdict.ALIKE
        end = after.first
    return Placebo(asked, number)


def _elsewhere(inputs: Inputs, span: Spans) -> Placebo:
    """Return the same comparison at untouched places, each with a control and a dispersion of its own."""
    asked = number = 0
    for each in inputs.elsewhere:
        treated, control = (pair(inputs, series, span) for series in (each.treated, each.control))
        dispersion = _dispersion(replace(inputs, treated=each.treated), each.control, span)
        if dispersion is not None and sum(treated) >= TOO_FEW and any(control):
            asked += 1
            number += claimed(*_compared(treated, control, span, dispersion)) is not Verdict.ALIKE
    return Placebo(asked, number)


def _dispersion(inputs: Inputs, control: Sequence[int], span: Spans) -> float | None:
    """Return the larger of the estimates that can be made; None where none can."""
    by_month: dict[int, list[int]] = {}
    for period in (span.before, span.after):
        for n, count in enumerate(months_of(inputs, control, period)):
            by_month.setdefault((period.first.month + n) % 12 if span.seasonal else n, []).append(count)
    last = months_before(inputs.carried_out, 0)
    earlier = Period(max(inputs.first, months_before(last, MATCHED)), last)
    beside = zip(*(months_of(inputs, series, earlier) for series in (inputs.treated, control)), strict=True)
    paired: list[Sequence[int]] = [both for both in by_month.values() if len(both) == 2]
    enough = [table for table in (paired, list(beside)) if sum(map(any, table)) >= effect.LEAST_MONTHS]
    return max((effect.overdispersion(table) for table in enough), default=None)


# --- what they say ----------------------------------------------------------------------------------------------------


def _sentence(figures: Figures) -> Sentence:
    verdict = claimed(figures.difference, figures.relative)
    if verdict is Verdict.ALIKE:
        return Sentence.NOT_ENOUGH
    if _doubtful(figures.placebo) or _doubtful(figures.elsewhere):
        return Sentence.UNSURE
    if verdict is Verdict.MORE:
        return Sentence.MORE
    if figures.around.low > 0:
        return Sentence.MOVED
    return Sentence.FEWER_AROUND if _top(figures.around) < 0 else Sentence.FEWER


def _doubtful(placebo: Placebo) -> bool:
    return placebo.claimed > 0 and placebo.claimed >= PLACEBOS * placebo.asked


def _limits(inputs: Inputs, figures: Figures) -> list[Limit]:
    peak = figures.earlier is not None and figures.earlier.verdict is Verdict.MORE
    before, after = inputs.reporters
    holds = {
        Limit.NOT_SEASONAL: not figures.spans.seasonal,
        Limit.PEAK: peak,
        Limit.PEAK_UNKNOWN: figures.earlier is None or figures.earlier.verdict is Verdict.TOO_FEW,
        Limit.NO_PLACEBO: not figures.placebo.asked,
        Limit.PLACEBO: figures.placebo.claimed > 0,
        Limit.NO_ELSEWHERE: not figures.elsewhere.asked,
        Limit.ELSEWHERE: figures.elsewhere.claimed > 0,
        Limit.WITH_RING: claimed(figures.difference, figures.relative) is Verdict.FEWER
        and _top(figures.with_ring) >= 0,
        Limit.OTHERS: any(figures.spans.before.first <= day < figures.spans.after.end for day in inputs.others),
        Limit.REPORTERS: before != after,
        Limit.DISPERSED: figures.dispersion > 1,
    }
    return [limit for limit, held in holds.items() if held]


# --- as they are written ---------------------------------------------------------------------------------------------


def _days(span: Spans) -> tuple[float, float]:
    """Return what counts are divided by: the estimate is then of a time as long as that after."""
    return span.before.days / span.after.days, 1.0


def _widened(found: effect.Difference, dispersion: float) -> Figure:
    half = (found.high - found.estimate) * dispersion**0.5
    return Figure(*(round(value, DECIMALS) for value in (found.estimate, found.estimate - half, found.estimate + half)))


def _figure(found: effect.Ratio) -> Figure:
    estimate, high = (round(value, DECIMALS) if isfinite(value) else None for value in (found.estimate, found.high))
    return Figure(estimate, round(found.low, DECIMALS), high)


def _top(figure: Figure) -> float:
    return inf if figure.high is None else figure.high

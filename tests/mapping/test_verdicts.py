"""What a card says of monthly counts: which months it compares, what it claims, and what it dares not to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from mapping import effect
from mapping.counts import Verdict
from mapping.periods import Period
from mapping.spans import Inputs, Spans, Untouched, spans
from mapping.verdicts import Figure, Limit, Placebo, Sentence, claimed, weigh

LONG = date(2020, 1, 1)
EVEN = (10, 12, 11, 9, 10, 11, 12, 10, 9, 11, 10, 12)
"""A year without a trend."""

CALM = Untouched("place:7", (*EVEN * 3, 11, 10, 12), (*EVEN * 3, 10, 12, 11))
"""Where nothing was done and nothing shows."""
LOUD = Untouched("place:8", (*EVEN * 3, 1, 2, 1), (*EVEN * 3, 10, 12, 11))


def inputs(treated: tuple[int, ...], control: tuple[int, ...], /, **changes: Any) -> Inputs:
    """Return three years before a measure of the middle of December 2022, and three months after it."""
    plain = Inputs(
        date(2022, 12, 15), 3, LONG, (*EVEN * 3, *treated), (5,) * 39, (*EVEN * 3, *control), (5,) * 39, (4, 4), (CALM,)
    )
    return replace(plain, **changes)


def test_the_same_calendar_months_of_the_year_before_are_compared() -> None:
    assert spans(date(2023, 5, 10), 3, LONG) == Spans(
        Period(date(2022, 6, 1), date(2022, 9, 1)), Period(date(2023, 6, 1), date(2023, 9, 1)), seasonal=True
    )
    on_the_first = spans(date(2023, 5, 1), 6, LONG)
    assert on_the_first is not None
    assert on_the_first.after.first == date(2023, 5, 1)
    assert on_the_first.before.first == date(2022, 5, 1)


@pytest.mark.parametrize("day", [date(2023, 5, 1), date(2023, 5, 10)])
def test_of_a_whole_year_no_month_before_reaches_into_the_measures_own(day: date) -> None:
    found = spans(day, 12, LONG)
    assert found is not None
    assert (found.before, found.seasonal) == (Period(date(2022, 5, 1), date(2023, 5, 1)), True)


@pytest.mark.parametrize("day", [date(2023, 5, 1), date(2023, 5, 10)])
@pytest.mark.parametrize("months", [1, 3, 6])
def test_where_the_register_is_young_the_months_just_before_are_compared_and_it_says_so(day: date, months: int) -> None:
    found = spans(day, months, date(2022, 11, 1))
    assert found is not None
    assert (found.before.end, found.seasonal) == (date(2023, 5, 1), False)
    assert spans(day, months, date(2023, 5, 1)) is None


def test_months_are_from_one_to_twelve() -> None:
    with pytest.raises(ValueError, match="months: 13"):
        spans(LONG, 13, LONG)


def test_a_clear_fall_is_told_with_the_figures_of_the_formulas() -> None:
    found = weigh(inputs((2, 3, 1), (10, 12, 11)))
    assert found.sentence is Sentence.FEWER
    assert found.figures is not None
    assert (found.figures.treated, found.figures.control) == ((33, 6), (33, 33))
    days = (Period(date(2022, 1, 1), date(2022, 4, 1)).days / 90, 1)
    plain = effect.wdd((33, 6), (33, 33), weights=[days, days])
    assert found.figures.difference_narrow == Figure(
        round(plain.estimate, 4), round(plain.low, 4), round(plain.high, 4)
    )
    relative = effect.relative_effect((33, 6), (33, 33))
    assert found.figures.relative_narrow is not None
    assert found.figures.relative_narrow.estimate == round(relative.estimate, 4) == 5.5
    assert found.figures.alone is not None
    assert found.figures.alone.method == "score"
    assert found.limits == ()


def test_no_difference_is_told_as_not_enough() -> None:
    assert weigh(inputs((9, 12, 10), (10, 12, 11))).sentence is Sentence.NOT_ENOUGH


def test_a_fall_that_the_control_shares_is_no_effect() -> None:
    assert weigh(inputs((2, 3, 1), (3, 1, 2))).sentence is Sentence.NOT_ENOUGH


def test_a_rise_is_told_too() -> None:
    assert weigh(inputs((30, 40, 35), (10, 12, 11))).sentence is Sentence.MORE


@pytest.mark.parametrize(
    ("ring", "sentence"),
    [((20, 25, 22), Sentence.MOVED), ((0, 0, 0), Sentence.FEWER_AROUND), ((5, 5, 5), Sentence.FEWER)],
)
def test_the_ring_tells_whether_it_moved_or_spread(ring: tuple[int, ...], sentence: Sentence) -> None:
    calm = inputs((2, 3, 1), (10, 12, 11), ring=((8,) * 36 + ring), ring_control=(8,) * 39)
    if sentence is Sentence.FEWER:
        calm = replace(calm, ring=(8,) * 39)
    assert weigh(calm).sentence is sentence


def test_a_zero_after_gives_no_relative_effect_and_the_difference_decides() -> None:
    found = weigh(inputs((0, 0, 0), (10, 12, 11)))
    assert (found.sentence, found.figures and found.figures.relative) == (Sentence.FEWER, None)
    assert found.figures is not None
    assert found.figures.alone is not None
    assert (found.figures.alone.method, found.figures.alone.ratio.estimate) == ("exact", 0)


def test_without_a_control_or_reach_or_counts_there_is_no_figure() -> None:
    alone = inputs((2, 3, 1), (10, 12, 11), control=None, ring_control=None)
    assert (weigh(alone).sentence, weigh(alone).figures) == (Sentence.NO_CONTROL, None)
    young = inputs((2, 3, 1), (10, 12, 11), first=date(2022, 11, 1))
    assert weigh(young).sentence is Sentence.NOT_REACHED
    few = inputs((0, 1, 0), (10, 12, 11), treated=(0,) * 35 + (1, 0, 1, 0))
    assert weigh(few).sentence is Sentence.FEW


def test_a_place_chosen_at_its_peak_is_warned_of() -> None:
    high = (*EVEN * 2, *(3 * n for n in EVEN), 10, 12, 11)
    found = weigh(inputs((), (), treated=high, control=high))
    assert found.figures is not None
    assert found.figures.earlier is not None
    assert found.figures.earlier.verdict is Verdict.MORE
    assert Limit.PEAK in found.limits


def test_a_control_that_jumps_widens_the_headline() -> None:
    jumping = (2, 25, 11, 1, 20, 3, 24, 2, 18, 1, 20, 5)
    found = weigh(inputs((), (), treated=(*EVEN * 3, 5, 6, 4), control=(*jumping * 3, 2, 25, 11)))
    assert found.figures is not None
    assert found.figures.dispersion > 3
    wide, narrow = found.figures.difference, found.figures.difference_narrow
    assert wide.low < narrow.low
    assert (narrow.high or 0) < (wide.high or 0)
    assert Limit.DISPERSED in found.limits


def test_what_shows_at_dates_without_a_measure_too_is_unsure() -> None:
    restless = (30,) * 12 + (8,) * 12 + (30,) * 12
    found = weigh(inputs((), (), treated=(*restless, 8, 8, 8), control=(20,) * 39))
    assert found.figures is not None
    assert claimed(found.figures.difference, found.figures.relative) is Verdict.FEWER
    assert found.figures.placebo == Placebo(7, 6)
    assert (found.sentence, Limit.PLACEBO in found.limits) == (Sentence.UNSURE, True)


def test_what_shows_at_untouched_places_too_is_unsure() -> None:
    clear = inputs((2, 3, 1), (10, 12, 11), elsewhere=(CALM, CALM, CALM, LOUD))
    found = weigh(clear)
    assert found.figures is not None
    assert found.figures.elsewhere == Placebo(4, 1)
    assert (found.sentence, found.limits) == (Sentence.UNSURE, (Limit.ELSEWHERE,))
    rarely = weigh(replace(clear, elsewhere=(CALM,) * 5 + (LOUD,)))
    assert (rarely.sentence, rarely.limits) == (Sentence.FEWER, (Limit.ELSEWHERE,))


def test_something_else_that_was_done_here_limits_the_card_and_its_months_are_no_placebo() -> None:
    clear = inputs((2, 3, 1), (10, 12, 11))
    asked = weigh(clear).figures
    assert asked is not None
    months_before_were = weigh(replace(clear, others=(date(2021, 5, 20),)))
    assert months_before_were.figures is not None
    assert (asked.placebo.asked, months_before_were.figures.placebo.asked) == (7, 2)
    assert Limit.OTHERS not in months_before_were.limits
    meanwhile = weigh(replace(clear, others=(date(2023, 2, 1),)))
    assert (meanwhile.sentence, Limit.OTHERS in meanwhile.limits) == (Sentence.FEWER, True)


def test_fewer_here_but_not_for_sure_with_the_ring_is_said() -> None:
    found = weigh(inputs((2, 3, 1), (10, 12, 11), ring=(5,) * 36 + (12, 11, 12)))
    assert found.figures is not None
    assert (found.figures.with_ring.high or 0) >= 0
    assert Limit.WITH_RING in found.limits
    assert Limit.WITH_RING not in weigh(inputs((2, 3, 1), (10, 12, 11))).limits


def test_an_untouched_place_with_too_few_is_not_asked() -> None:
    empty = Untouched("place:9", (0,) * 39, (0,) * 39)
    found = weigh(inputs((2, 3, 1), (10, 12, 11), elsewhere=(empty,)))
    assert found.limits == (Limit.NO_ELSEWHERE,)


def test_reporters_that_change_and_a_young_register_are_limits() -> None:
    found = weigh(inputs((2, 3, 1), (10, 12, 11), reporters=(4, 1)))
    assert found.limits == (Limit.REPORTERS,)
    cut = {"treated": (*EVEN, 2, 3, 1), "control": (*EVEN, 10, 12, 11), "ring": (5,) * 15, "ring_control": (5,) * 15}
    young = weigh(inputs((), (), **cut, elsewhere=(), first=date(2022, 1, 1)))
    assert Limit.PEAK_UNKNOWN in young.limits
    assert Limit.NOT_SEASONAL not in young.limits


def test_series_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="a series of 2 months"):
        weigh(inputs((2, 3, 1), (10, 12, 11), control=(1, 2)))


def test_both_intervals_must_leave_no_effect_out() -> None:
    fewer, unclear = Figure(-10, -15, -5), Figure(1.5, 0.9, 2)
    assert claimed(fewer, unclear) is Verdict.ALIKE
    assert claimed(fewer, Figure(2, 1.2, 3)) is claimed(fewer, None) is Verdict.FEWER
    assert claimed(Figure(10, 5, 15), Figure(0.5, 0.2, 0.8)) is Verdict.MORE
    assert claimed(Figure(10, 5, 15), Figure(0.5, 0.2, None)) is Verdict.ALIKE


def test_chance_alone_is_seldom_taken_for_an_effect() -> None:
    rng = np.random.default_rng(6)
    season = 12 + 6 * np.sin(np.arange(39) * 2 * np.pi / 12)
    told = []
    for _ in range(300):
        series = [tuple(rng.negative_binomial(season, 0.5).tolist()) for _ in range(4)]
        case = inputs((), (), **dict(zip(("treated", "control", "ring", "ring_control"), series, strict=True)))
        told.append(weigh(case).sentence)
    assert sum(each in (Sentence.FEWER, Sentence.FEWER_AROUND, Sentence.MOVED, Sentence.MORE) for each in told) <= 15

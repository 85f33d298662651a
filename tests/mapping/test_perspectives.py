"""The same places as each actor sees them: agreement, one voice, blind spots, and what is never read into silence."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from mapping.perspectives import Agreement, Perspective, Seen, View, additions, perspectives

ACTORS = ("city", "police", "school")


def views(table: list[list[int]], elsewhere: list[int]) -> tuple[Perspective, ...]:
    """Return the perspectives of places with so many deviations of each actor, and so many outside of all places."""
    rows = [*table, elsewhere]
    place = np.repeat(np.arange(len(rows)), [sum(row) for row in rows])
    actor = np.concatenate([np.repeat(np.arange(len(ACTORS)), row) for row in rows])
    masks: list[NDArray[np.bool_]] = [place == i for i in range(len(table))]
    return perspectives(masks, [str(i) for i in range(len(table))], actor, ACTORS, actor)


def seen(found: Perspective, actor: str) -> Seen:
    (one,) = (each for each in found.seen if each.actor == actor)
    return one


def test_who_reports_much_everywhere_sees_no_more_of_a_place_that_it_reports_much() -> None:
    (place,) = views([[40, 20, 0]], [400, 200, 0])
    assert [each.view for each in place.seen] == [View.AS_EXPECTED, View.AS_EXPECTED]
    assert seen(place, "city").expected == 40
    assert place.agreement is Agreement.AGREED


def test_an_actor_that_says_nothing_anywhere_is_no_blind_one() -> None:
    (place,) = views([[40, 20, 0]], [400, 200, 0])
    assert [each.actor for each in place.seen] == ["city", "police"]


def test_silence_where_the_others_speak_is_a_blind_spot() -> None:
    divided, even = views([[60, 0, 5], [30, 30, 5]], [200, 200, 20])
    assert (divided.agreement, seen(divided, "police").view) == (Agreement.ONLY_ONE, View.BLIND)
    assert seen(divided, "city").view is View.MORE
    assert even.agreement is Agreement.AGREED


def test_silence_of_one_who_reports_little_means_nothing() -> None:
    (place,) = views([[30, 30, 0]], [300, 300, 20])
    assert seen(place, "school").expected < 3
    assert seen(place, "school").view is View.CANNOT_TELL
    assert place.agreement is Agreement.AGREED


def test_what_one_actor_alone_says_is_called_so() -> None:
    (place,) = views([[0, 0, 14]], [100, 100, 10])
    assert place.agreement is Agreement.ONLY_ONE
    assert seen(place, "police").view is View.BLIND


def test_voices_are_counted_by_organisation_and_not_by_kind() -> None:
    organisation = np.concatenate([np.tile(np.arange(10), 6), np.repeat([0, 1], 20), np.tile(np.arange(20), 30)])
    place = np.repeat([0, 1, 2], [60, 40, 600])
    kind = np.zeros(len(organisation), dtype=np.int64)
    many, few = perspectives([place == 0, place == 1], ["many", "few"], kind, ("city",), organisation)
    assert (many.voices, many.agreement) == (10, Agreement.AGREED)
    assert (few.voices, few.agreement) == (2, Agreement.SOME)
    assert many.voices_expected > few.voices_expected > 10


def test_of_few_nothing_is_said() -> None:
    (place,) = views([[9, 0, 0]], [10, 300, 10])
    assert place.agreement is Agreement.TOO_FEW
    assert {each.view for each in place.seen} == {View.CANNOT_TELL}


def test_among_many_places_chance_alone_makes_hardly_any_blind() -> None:
    rng = np.random.default_rng(7)
    table = rng.multinomial(40, [0.5, 0.3, 0.2], size=200).tolist()
    found = views(table, [0, 0, 0])
    wrong = sum(each.view in (View.BLIND, View.MORE) for place in found for each in place.seen)
    assert wrong <= 3
    uncorrected = sum(binomtest(row[1], 40, 0.3).pvalue <= 0.05 for row in table)
    assert uncorrected > wrong


def test_the_order_of_rows_and_places_changes_nothing() -> None:
    table, elsewhere = [[60, 0, 5], [30, 30, 5]], [200, 200, 20]
    one, other = views(table, elsewhere), views(table[::-1], elsewhere)
    assert [(place.count, place.seen) for place in one] == [(place.count, place.seen) for place in other[::-1]]


def test_no_place_and_no_row_give_no_view() -> None:
    assert views([], [5, 5, 5]) == ()
    (empty,) = perspectives([np.zeros(0, dtype=bool)], ["1"], [], ACTORS, [])
    assert (empty.count, empty.agreement, empty.seen) == (0, Agreement.TOO_FEW, ())


@pytest.mark.parametrize("turned", [False, True])
def test_what_an_actor_adds_is_what_no_other_saw(turned: bool) -> None:
    square, actor = np.array([1, 1, 1, 2, 2, 3, -1]), np.array([0, 0, 1, 0, 0, 1, 0])
    if turned:
        square, actor = square[::-1], actor[::-1]
    city, police = additions(square, actor, ACTORS)
    assert (city.actor, city.count, city.alone, city.squares) == ("city", 5, 2, 1)
    assert (police.actor, police.count, police.alone, police.squares) == ("police", 2, 1, 1)

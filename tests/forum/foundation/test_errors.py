"""What can go wrong, said so that the reader can mend it."""

from __future__ import annotations

import pytest

from forum.foundation import errors
from forum.foundation.errors import (
    SHOWN,
    Busy,
    Conflict,
    ForumError,
    Invalid,
    NotFound,
    NotSignedIn,
    Problems,
    Stale,
    raise_all,
    shown,
)
from forum.foundation.language import Language


def test_a_refusal_says_what_is_wrong_the_value_and_the_remedy() -> None:
    error = Invalid("This number cannot be used here.", field="hour", value=24,
                    remedy="Give a number from %(low)s to %(high)s.", low=0, high=23)  # fmt: skip
    assert error.say(Language.EN) == "This number cannot be used here. Given: 24. Give a number from 0 to 23."
    assert error.say() == "Talet kan inte användas här. Angivet: 24. Ange ett tal från 0 till 23."
    assert str(error) == f"hour: {error.say(Language.EN)}"
    assert str(ForumError("Sign in first.")) == "Sign in first."


def test_a_word_put_into_a_sentence_is_translated_too() -> None:
    error = Conflict("This cannot be done with a deviation that is %(status)s.", status="answered")
    assert error.say(Language.SV) == "Det går inte att göra med en avvikelse som är besvarad."


def test_a_value_that_looks_like_a_place_to_fill_is_only_shown() -> None:
    error = Invalid("This is no id.", value="%(secret)s 100 %", remedy="Choose among %(names)s.", names="%(x)s, %")
    assert "%(secret)s 100 %" in error.say(Language.EN)
    assert "%(x)s, %" in error.say(Language.EN)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("kort", "kort"),
        (7, "7"),
        ("rad\nrad\0", "rad\ufffdrad\ufffd"),
        ("\ud800", "\ufffd"),
        ("vänster\u202eretxen", "vänster\ufffdretxen"),
        ("x" * SHOWN, "x" * SHOWN),
        ("x" * (SHOWN + 1), "x" * (SHOWN - 1) + "…"),
    ],
)
def test_a_value_is_shown_in_printable_signs_and_shortened(value: object, said: str) -> None:
    assert shown(value) == said


def test_a_value_of_a_megabyte_is_not_looked_through() -> None:
    assert len(shown("å" * 1_000_000)) == SHOWN


def test_a_number_too_long_to_write_is_shown_as_such() -> None:
    assert shown(10**5000) == "…"


def test_several_problems_are_raised_together_and_one_alone() -> None:
    one, other = Invalid("This is missing.", field="lon"), Invalid("This is missing.", field="lat")
    raise_all([])
    with pytest.raises(Invalid) as single:
        raise_all([one])
    assert single.value is one
    assert one.problems == [one]
    with pytest.raises(Problems) as both:
        raise_all([one, other])
    assert both.value.problems == [one, other]
    assert both.value.say(Language.EN) == "2 things need to be changed."


def test_what_is_hidden_and_what_is_absent_are_said_alike() -> None:
    assert NotFound().say() == NotFound(value=None).say() == "Här finns ingenting, eller ingenting som du får se."
    assert NotSignedIn().say(Language.EN) == "Sign in first."


def test_a_late_change_carries_the_newer_state() -> None:
    assert Stale("Changed meanwhile", current={"version": 3}).current == {"version": 3}


def test_every_error_is_a_forum_error_and_none_knows_of_http() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) == 10
    assert all(issubclass(kind, ForumError) for kind in kinds)
    assert issubclass(Busy, Conflict)
    assert "http" not in vars(errors)

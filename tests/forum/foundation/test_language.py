"""Words in the reader's language."""

from __future__ import annotations

import pytest

from forum.foundation import language
from forum.foundation.language import Language, text


def test_swedish_is_the_default_and_english_is_as_it_was_written() -> None:
    assert text("Sign in first.") == text("Sign in first.", "sv") == "Logga in först."
    assert text("Sign in first.", Language.EN) == "Sign in first."


def test_what_the_catalogue_does_not_hold_is_said_in_english() -> None:
    assert text("Nobody has translated this", Language.SV) == "Nobody has translated this"


def test_an_unknown_language_reads_english() -> None:
    assert text("Sign in first.", "fi") == "Sign in first."


@pytest.mark.parametrize("value", ["%", "100 %", "%(before)s", "%s", "å\n", 7, None])
def test_a_value_is_put_in_its_place_as_it_is(value: object) -> None:
    assert text("Choose %(before)s or %(after)s.", Language.EN, before=value, after="x") == f"Choose {value} or x."
    assert text("Choose %(before)s or %(after)s.", Language.SV, before=value, after="x") == f"Välj {value} eller x."


def test_a_value_may_have_any_name() -> None:
    assert text("%(message)s in %(language)s", Language.EN, message="Words", language="Swedish") == "Words in Swedish"


def test_the_mark_of_a_message_changes_nothing() -> None:
    assert language.N_("Sign in first.") == "Sign in first."


def test_a_number_and_its_per_cent_sign_stay_on_one_line() -> None:
    assert text("95 % interval", Language.EN) == "95\N{NO-BREAK SPACE}% interval"
    assert text("%(n)s %% of %(a)s %(b)s", Language.EN, n=5, a=1, b=2) == "5\N{NO-BREAK SPACE}% of 1 2"

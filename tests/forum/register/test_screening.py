"""What the screening stops and what it lets through; the examples that people can read stand in a file of their own."""

from __future__ import annotations

import csv
import gzip
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.foundation.errors import Invalid, Problems
from forum.foundation.language import Language, catalogue
from forum.foundation.screening import REMEDIES, WORDS
from forum.foundation.screening.case_numbers import case_numbers
from forum.foundation.screening.identity_numbers import identity_numbers
from forum.foundation.screening.phone_numbers import phones
from forum.foundation.screening.plates import plates
from forum.register.screening import Hit, Kind, check, find

BOOK: dict[str, list[dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "screening_examples.toml").read_text("utf-8")
)
REAL = Path(__file__).parents[3] / "../shared/data/polisen"


def passages(text: str) -> list[tuple[str, str]]:
    return [(hit.kind.value, text[hit.start : hit.end]) for hit in find(text)]


# ---- the examples


def test_the_file_of_examples_is_long_enough_and_knows_every_kind() -> None:
    kinds = Counter(example["kind"] for example in BOOK["hit"])
    assert set(kinds) == {kind.value for kind in Kind}
    assert min(kinds.values()) >= 3
    assert len(BOOK["hit"]) >= 60
    assert len(BOOK["clean"]) >= 60


@pytest.mark.parametrize("example", BOOK["hit"], ids=lambda example: example["text"])
def test_what_points_at_a_person_is_marked(example: dict[str, str]) -> None:
    assert passages(example["text"]) == [(example["kind"], example["passage"])]


@pytest.mark.parametrize("example", BOOK["clean"], ids=lambda example: example["text"])
def test_what_is_only_alike_goes_through(example: dict[str, str]) -> None:
    assert passages(example["text"]) == []


# ---- the passage in the original text


def test_offsets_count_in_the_text_as_it_was_given() -> None:
    text = "\u200bÅ\u030a \ufb01 8\u200b5\u00ad0709\u2011\uff19\uff18\uff10\uff15\u0301 slut"
    (hit,) = find(text)
    assert text[hit.start : hit.end] == "8\u200b5\u00ad0709\u2011\uff19\uff18\uff10\uff15\u0301"


def test_marks_blanks_and_broken_characters_do_no_harm() -> None:
    for text in ("", "\u0301", "\u0301Kevin", "\ud800", "\x00", "\u2800\u3164", "\ufdfa" * 3, "e\u0301\u0323\u0301"):
        assert find(text) == []
    assert passages("Kevin\u2028Svensson\u00a0ABC\u3000123") == [("regskylt", "ABC\u3000123")]
    assert passages("Kevin\u00a0Svensson") == [("namn", "Kevin\u00a0Svensson")]


def test_digits_of_every_script_are_digits() -> None:
    assert [hit.kind for hit in find("٨٥٠٧٠٩-٩٨٠٥")] == [Kind.PERSONNUMMER]


def test_where_two_kinds_overlap_the_graver_is_kept() -> None:
    assert passages("Kevin Svensson@exempel.se") == [("epost", "Svensson@exempel.se")]
    assert passages("bil abc 123@exempel.se") == [("epost", "123@exempel.se")]
    assert passages("kevin.svensson@exempel.se, 850709-9805 och ABC 123") == [
        ("epost", "kevin.svensson@exempel.se"),
        ("personnummer", "850709-9805"),
        ("regskylt", "ABC 123"),
    ]


# ---- the refusal


def test_check_names_field_passage_and_remedy() -> None:
    with pytest.raises(Invalid) as refused:
        check(text="Kevin Svensson slog sönder lampan.")
    assert not isinstance(refused.value, Problems)
    assert (refused.value.field, refused.value.value) == ("text", "Kevin Svensson")
    assert refused.value.say(Language.SV) == (
        "Texten verkar nämna en person vid namn. Angivet: Kevin Svensson. "
        "Skriv vad som hände och var, inte vem. Skriv ut en plats helt: gata, torg, park."
    )
    assert refused.value.say(Language.EN).startswith("The text seems to name a person. Given: Kevin Svensson. ")


def test_check_goes_through_answers_lists_and_numbers() -> None:
    answers = {"who": "ring 070-174 06 05", "more": [None, "reg ABC 123"], "how many": 8507099805, "dark": True}
    with pytest.raises(Problems) as refused:
        check({"title": "Mörkt"}, text=None, answers=answers)
    assert [(each.field, each.value) for each in refused.value.problems] == [
        ("answers.who", "070-174 06 05"),
        ("answers.more.1", "ABC 123"),
        ("answers.how many", "8507099805"),
    ]


def test_check_lets_clean_fields_through() -> None:
    check()
    check({"text": "Tre lampor är släckta.", "answers": {"lamps": 3, "share": 0.5, "none": None, "what": object()}})


def test_every_kind_has_words_and_they_have_swedish() -> None:
    assert set(WORDS) == set(Kind)
    with pytest.raises(Problems) as refused:
        check(text="\n".join(example["text"] for example in BOOK["hit"]))
    said = {message for each in refused.value.problems for message in (each.message, each.remedy)}
    assert said >= set(WORDS.values()) | set(REMEDIES.values())
    assert said <= set(catalogue(Language.SV))


# ---- what holds for every text


def luhn(nine: str) -> int:
    """Return the check digit, reckoned as Skatteverket's leaflet does it by hand."""
    products = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return -sum(product // 10 + product % 10 for product in products) % 10


@st.composite
def personal_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1926, 1, 1), date(2025, 12, 31)))
    nine = f"{born:%y%m%d}{draw(st.integers(1, 999)):03}"
    century = draw(st.sampled_from(["", f"{born:%Y}"[:2]]))
    sign = draw(st.sampled_from(["-", "+", " ", "", " - ", "\u2011", "\u00a0", "\u200b"]))
    return f"{century}{nine[:6]}{sign}{nine[6:]}{luhn(nine)}"


TALK = """
    lampan på gångvägen är släckt sedan i går vid Farsta centrum och Hökarängen mörkt, stökigt. Buss 742 stannar inte!
    (se bilden) Karl Johans torg åäö é 12 st kl 18.30 – inga vittnen; 50 000 kronor"""
SWEDISH = st.lists(st.sampled_from(TALK.split()), max_size=12).map(" ".join)


@settings(deadline=None)
@given(SWEDISH, personal_numbers(), SWEDISH)
def test_a_valid_personal_number_is_always_found(before: str, number: str, after: str) -> None:
    text = f"{before} {number}, {after}"
    start = text.index(number, len(before))
    found = [hit for hit in find(text) if hit.kind is Kind.PERSONNUMMER]
    assert [hit for hit in found if hit.start <= start and hit.end >= start + len(number)]


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2049, 12, 31)), st.integers(0, 1439), st.integers(0, 400))
def test_dates_times_and_periods_are_never_hit(day: date, minute: int, days: int) -> None:
    clock, until = f"{minute // 60:02}.{minute % 60:02}", day + timedelta(days=days)
    for text in (
        f"Den {day:%Y-%m-%d} kl. {clock} och {day:%Y-%m-%d} {clock.replace('.', ':')}",
        f"{day:%Y-%m-%d}T{clock.replace('.', ':')}:00+02:00",
        f"{day.day}/{day.month} {day.year} kl {clock}-{clock}",
        f"{day:%Y%m%d}, {day:%y%m%d} och {day:%d.%m.%Y}",
        f"{day:%Y-%m-%d}–{until:%Y-%m-%d}, {day:%Y%m%d}-{until:%Y%m%d}, {day:%y%m%d}-{until:%y%m%d}",
        f"{day:%Y-%m-%d} - {until:%Y} och {day:%d-%m-%Y}",
    ):
        assert passages(text) == []


@settings(deadline=None)
@given(st.integers(0, 10**10 - 1), st.sampled_from(["kr", "kronor", "SEK", ":-"]))
def test_sums_of_money_are_never_hit(amount: int, unit: str) -> None:
    assert passages(f"Det kostar {amount:,} {unit} eller {amount:,} i allt.".replace(",", " ")) == []
    assert passages(f"Det kostar {amount} {unit} om året, eller +{amount} {unit}") == []


@settings(deadline=None)
@given(st.text(), SWEDISH, st.text(alphabet="0179 -+K@().årABCc\u200b\u0301ﷺ\uff17", max_size=60))
def test_hits_are_in_order_apart_and_never_empty(wild: str, tame: str, digits: str) -> None:
    text = f"{wild} Kevin Svensson {digits} {tame}"
    at = 0
    for hit in find(text):
        assert isinstance(hit, Hit)
        assert at <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end]
        at = hit.end


# ---- hostile text: a search that backtracks over it would not come back

HOSTILE = [
    *(
        "a",
        "A ",
        "1",
        "1 ",
        "0 1 ",
        "1-",
        "0",
        "070 ",
        "08-12 ",
        "+46",
        "K ",
        "k1",
        "mål b",
        "@",
        "a@",
        "a.",
        "a@a.",
        "(",
    ),
    *("Kevin ", "Kevin Svensson ", "Anna von ", "heter ", "e\u0301", "\u0301\u0323", "\u200b", "\ufdfa", "\u0430"),
    *("lgh ", "lägenhet ", "Abc 12 ", " ", "\n", "AAA 1", "reg a b ", "850709-9805 ", "tel 1 ", "portkod: ", "Ab-"),
    *(" punkt ", "S:t ", "Svensson, ", "kallar sig "),
]


@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_text_is_read_to_its_end(shape: str) -> None:
    text = shape * (50_000 // len(shape))
    hits = find(f"{text} ; namn@exempel.se")
    assert hits[-1].kind is Kind.EPOST


def calls(text: str) -> int:
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        find(text)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("shape", HOSTILE)
def test_twice_the_text_takes_twice_the_steps(shape: str) -> None:
    short, long = (calls(shape * (size // len(shape))) for size in (3_000, 6_000))
    assert long <= 2.2 * short + 50


# ---- real text


def police(name: str, *fields: str) -> Iterator[tuple[dict[str, str], str, str, Hit]]:
    path = REAL / name
    with gzip.open(path, "rt", encoding="utf-8") if name.endswith(".gz") else path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for field in fields:
                for hit in find(row[field]):
                    yield row, field, row[field], hit


@pytest.mark.realdata
def test_no_placed_event_of_the_stockholm_police_is_stopped() -> None:
    hits: list[Any] = [
        (row["id"], hit.kind.value, text[hit.start : hit.end])
        for row, _, text, hit in police("polisen_stockholm_stad_2022_2026.csv", "rubrik", "sammanfattning")
        if row["platsniva"] == "stadsdel"
    ]
    assert hits == []


@pytest.mark.realdata
def test_few_of_the_countrys_police_events_are_stopped_and_each_with_reason() -> None:
    found = [
        (hit.kind.value, text[hit.start : hit.end])
        for _, _, text, hit in police("polisen_sverige_alla.csv.gz", "name", "summary")
    ]
    kinds = Counter(kind for kind, _ in found)
    # the police's press telephones, persons searched for by name, and two streets cut off in the middle of a word
    assert set(kinds) == {"telefon", "namn"}
    assert kinds["telefon"] <= 44
    assert kinds["namn"] <= 15
    assert {"Sven-Göran Eriksson", "John-Douglas Mattsson"} <= {passage for _, passage in found}


# ---- what is not looked for


@given(words=st.lists(st.sampled_from([e["text"] for each in BOOK.values() for e in each]), min_size=1, max_size=3))
def test_without_a_digit_no_rule_that_is_then_left_out_would_find_anything(words: list[str]) -> None:
    bare = re.sub(r"\d", "", " ".join(words))
    assert not list(identity_numbers(bare))
    for rule in (case_numbers, phones, plates):
        assert not list(rule(bare))

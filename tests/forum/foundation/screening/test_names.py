"""The edges of the rule for names; the readable cases stand in tests/forum/register/screening_examples.toml."""

from __future__ import annotations

import pytest

from forum.foundation.screening import find


def passages(text: str) -> list[tuple[str, str]]:
    return [(hit.kind.value, text[hit.start : hit.end]) for hit in find(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maria karlsson ringde", "Maria karlsson"),
        ("sara eriksson bor här", "sara eriksson"),
        ("ahmed hassan var där", "ahmed hassan"),
        ("johan lindberg var där", "johan lindberg"),
        ("grannen Svensson klagar", "Svensson"),
        ("Xerxes Andersson", "Xerxes Andersson"),
        ("Andersson Kevin", "Andersson Kevin"),
        ("J Andersson", "J Andersson"),
        ("Karl Johan Svensson", "Karl Johan Svensson"),
        ("Lars-Erik Johansson", "Lars-Erik Johansson"),
        ("Anna Li", "Anna Li"),
        ("Anna Hallén", "Anna Hallén"),
        ("Maria Hedéns hund", "Maria Hedéns"),
        ("Sara Zahawi från Familjebostäder", "Sara Zahawi"),
        ("Liv Berg", "Liv Berg"),
        ("Kevin Svensson Farsta", "Kevin Svensson"),
        ("Kevin Svensson park", "Kevin Svensson"),
        ("Kevin (17) var med", "Kevin"),
        ("17-årige Ahmed", "Ahmed"),
        ("Hon heter Maria.", "Maria"),
        ("han kallar sig Räven", "Räven"),
        ("alias Skuggan", "Skuggan"),
        ("Namnet är Kevin", "Kevin"),
        ("fröken Julie", "Julie"),
        ("Kevin S säljer", "Kevin S"),
        ("\u041aevin Sv\u0435nsson", "\u041aevin Sv\u0435nsson"),
        ("Kevin V Svensson", "Kevin V Svensson"),
    ],
)
def test_a_name_is_found_with_what_gives_it_away(text: str, name: str) -> None:
    assert passages(text) == [("namn", name)]


@pytest.mark.parametrize(
    "text",
    [
        "Erik Olsson Fastigheter",
        "Maria Hallen",
        "Per Polisen",
        "Per Farsta",
        "MAX 100",
        "ANNA TORG",
        "Adam och Eva kafé",
        "Anna och Katarina",
        "Johan och bilen",
        "Kevin och",
        "Kevin",
        "Kevin och Maria torg",
        "Kevin och Johan Skyttes väg",
        "Johan lindbergs väg",
        "kevin går hem",
        "K. Bergs väg",
        "A. Farsta",
        "Karlsson Johans torg",
        "Hos Anderssons väg",
        "Svensson, vid torget",
        "Vid Svenssons kiosk",
        "Om Andersson",
        "fru Marias gata",
        "familjen Farsta",
        "Vi kallade Polisen",
        "han heter Farsta",
        "mannen kallas Kungsgatan",
        "gården kallas Gula villan",
        "heter (se nedan) Kevin",
        "S:t Erik",
        "Kung Magnus",
        "Karl XII",
        "Nils Ericsonsgatan",
        "Erik V:s",
        "Anna X-gymnasiet",
        "mannen Maria torg",
        "Andersson Karin Boyes plats",
        "Han heter Johan Skyttes väg",
        "Ali Katarina Bangata",
    ],
)
def test_places_shops_and_lone_names_are_no_person(text: str) -> None:
    assert passages(text) == []

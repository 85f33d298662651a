"""The edges of the rules for numbers, addresses, plates and dwellings; the readable cases stand in a TOML file."""

from __future__ import annotations

import pytest

from forum.foundation.screening import Kind, find


def passages(text: str) -> list[tuple[str, str]]:
    return [(hit.kind.value, text[hit.start : hit.end]) for hit in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "850709_9805",
        "850709/9805",
        "850709 – 9805",
        "850709\t9805",
        "1985-07-09 98 05",
        "18991231-9804",
        "x850709-9805y",
        "8507099805 krävde ersättning",
        "8507 09 9805",
        "8️5️0709-9805",
    ],
)
def test_a_personal_number_is_found_however_it_is_spread(text: str) -> None:
    assert [hit.kind for hit in find(text)] == [Kind.PERSONNUMMER]


@pytest.mark.parametrize(
    "text",
    [
        "850709+98+05",
        "85.07.09.9805",
        "850709.9805",
        "850709\n9805",
        "0710 03 9835",
        "85-0709 98-05",
        "8 507 099 805",
        "19990229-9800",
        "1985-07-09-9805-10-12",
        "2023-10-26 1439",
        "1985-07-09 2016",
        "850 709 T984",
    ],
)
def test_digits_that_only_add_up_are_no_personal_number(text: str) -> None:
    assert Kind.PERSONNUMMER not in {hit.kind for hit in find(text)}


def test_the_checksum_decides_between_a_personal_number_and_a_mobile_number() -> None:
    assert passages("0710039835") == [("personnummer", "0710039835")]
    assert passages("0701740615") == [("telefon", "0701740615")]
    assert passages("070174-0615") == [("samordningsnummer", "070174-0615")]


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("08/465 004 00", "08/465 004 00"),
        ("0846500400", "0846500400"),
        ("(031) 390 06 00", "(031) 390 06 00"),
        ("08-465 004 00 12", "08-465 004 00"),
        ("0 7 0 1 7 4 0 6 0 5", "0 7 0 1 7 4 0 6 0 5"),
        ("070-174-06-05", "070-174-06-05"),
        ("0701740605/0701740606", "0701740605"),
        ("+46 8 465 004 00 5", "+46 8 465 004 00"),
        ("+46846500400", "+46846500400"),
        ("+46 0313900600", "+46 0313900600"),
        ("0045 12 34 56 78", "0045 12 34 56 78"),
        ("tfn: 123456", "123456"),
        ("0980-319200", "0980-319200"),
        ("0980 31 92 00", "0980 31 92 00"),
        ("08 4650040", "08 4650040"),
    ],
)
def test_a_telephone_number_is_found_in_every_way_of_writing_it(text: str, passage: str) -> None:
    assert passages(text)[0] == ("telefon", passage)


@pytest.mark.parametrize(
    "text",
    [
        "tel 114 14",
        "tel 2023 12 11",
        "tel 500 000 kr",
        "07-15 08-16 12",
        "0701-74-06 05",
        "kl 0730-0815 12 personer",
        "18.0701740605",
        "26/07 01 74 06 05",
        "08-12-2023",
        "08-12 2023",
        "01122023",
        "556036-0793 212000",
        "+46 771 123 456",
        "+46 70 174 06",
        "+10 000 000 kronor",
        "+461 000 000 kr",
        "kl 0045 12 34 56 78",
        "031/12 34 56",
        "08-1 234 567",
        "0201 12345",
        "0812 34 56 78",
        "1 018 000 000 kr",
        "1 018 000 000 i budgeten",
    ],
)
def test_short_and_other_numbers_are_no_telephone(text: str) -> None:
    assert passages(text) == []


@pytest.mark.parametrize("text", ["K1234", "K 12-23", "5000-K1-1", "AM-12-23", "K123456-23-24", "B 1234-23"])
def test_a_k_alone_is_no_case_number(text: str) -> None:
    assert passages(text) == []


@pytest.mark.parametrize("text", ["5000-K1-23", "anmälan nr K-12345", "K123456 23", "K123456/23", "0201-k12345-23"])
def test_case_numbers_are_found_without_their_usual_signs(text: str) -> None:
    assert [hit.kind for hit in find(text)] == [Kind.ARENDENUMMER]


@pytest.mark.parametrize("text", ["@ farsta.se", "namn@farsta", "namn at exempel.se", "@" * 50, "a@b", "se @ 14.30"])
def test_an_at_sign_alone_is_no_address(text: str) -> None:
    assert passages(text) == []


def test_the_longest_address_is_found_and_a_longer_one_by_its_end() -> None:
    assert passages("a" * 64 + "@exempel.se") == [("epost", "a" * 64 + "@exempel.se")]
    assert passages("a" * 65 + "@exempel.se") == [("epost", "a" * 64 + "@exempel.se")]


@pytest.mark.parametrize("text", ["ABO 12O", "IQV 123", "ÅÄÖ 123", "ABC 1234", "ABC 123-45", "XABC 123", "ABC 123 000"])
def test_what_no_plate_can_be_is_no_plate(text: str) -> None:
    assert passages(text) == []


@pytest.mark.parametrize("text", ["abc 123", "bil med 123", "bilen som 123", "reg 112", "skylt ett 100"])
def test_small_letters_are_a_plate_only_after_a_vehicle_and_no_word(text: str) -> None:
    assert passages(text) == []


@pytest.mark.parametrize("text", ["lägenhet 2023", "lgh 2023-10-26", "lägenhet 14.30", "Farstavägen 12", "dörr 2"])
def test_a_dwelling_is_not_a_date_nor_a_house(text: str) -> None:
    assert passages(text) == []

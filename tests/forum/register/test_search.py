"""Searching for words: inflected, as parts of compounds, without å, ä and ö, in phrases, without others."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.register import deviations, finding
from forum.register.finding import Filter
from tests.builders import World, mark

TEXTS = {
    "garage": "Buller och ungdomar i parkeringsgaraget om kvällarna",
    "school": "Krossat glas på skolgården vid gungorna",
    "lamps": "Två gatlyktor är släckta på gångvägen",
    "lamp": "En gatlykta blinkar vid Hökarängens centrum",
    "square": "Högljudd musik på torget, och folk som skriker",
    "stairs": "E-posten om trappan är inte besvarad, höjd 742 cm",
    "wall": "Klotter på tunnelns vägg",
    "night": "Någon for fram på moped mitt i natten",
}


@pytest.fixture(scope="module")
def marked(sessions: sessionmaker[Session], lasting: World) -> dict[str, int]:
    """Return the numbers of the rows with these texts; the last one has an answer too."""
    with sessions() as session:
        walker = lasting.acting(session, "walker")
        rows = {name: mark(session, walker, text=words) for name, words in TEXTS.items()}
        coordinator = lasting.acting(session, "coordinator")
        deviations.answer(session, coordinator, rows["wall"], reply="Väggen saneras i morgon")
        session.commit()
        return {name: row.nr for name, row in rows.items()}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("garage", {"garage"}),
        ("garaget", {"garage"}),
        ("parkering", {"garage"}),
        ("keringsgar", {"garage"}),  # any part
        ("GARAGE Buller", {"garage"}),
        ("skola", {"school"}),  # the a goes in a compound
        ("gård", {"school"}),
        ("gard", {"school"}),
        ("skolgardar", {"school"}),  # by its stem alone
        ("gatlykta", {"lamps", "lamp"}),
        ("gatlyktorna", {"lamps", "lamp"}),
        ("lykta", {"lamps", "lamp"}),
        ("släckt", {"lamps"}),
        ("slackt", {"lamps"}),
        ("hokarangen", {"lamp"}),
        ("Hökarängen", {"lamp"}),
        ("HOKARANGENS", {"lamp"}),
        ("torg", {"square"}),
        ("torget", {"square"}),
        ("folk musik", {"square"}),
        ("e-posten", {"stairs"}),
        ("742", {"stairs"}),
        ("vägg", {"wall"}),
        ("sanera", {"wall"}),  # stands in the answer
        ("natt", {"night"}),
        ("nägon", set()),  # who types marks means them
        ("nagon", {"night"}),
        ("mitt nät", set()),
        ("mopéd", set()),
        ("for fram", {"night"}),
        # words that must not hit
        ("gara ge", set()),  # ge is too short for a part
        ("folk garage", set()),  # every word must be found
        ("glasögon", set()),
        ("lyktstolpe", set()),
        ("skolskjuts", set()),
        ("musikant", set()),
        ("ka", set()),
        ("torgny", set()),
        ("väggmusik", set()),  # parts of two texts, and of none
        # phrases, alternatives, exclusions
        ('"krossat glas"', {"school"}),
        ('"glas krossat"', set()),
        ('"slackta pa gangvagen"', {"lamps"}),
        ('"släckta på gångvägen"', {"lamps"}),
        ('"släckta pa gångvägen"', set()),
        ('"folk som"', {"square"}),
        ("garage or torg", {"garage", "square"}),
        ("garage OR torg buller", {"garage"}),
        ("gatlykta -blinkar", {"lamps"}),
        ("gatlykta -lykta", set()),  # a word that is left out is left out as a part too
        ('musik -"högljudd musik"', set()),
        # stop words ask for nothing
        ("på skolgården", {"school"}),
        ("och", set()),
        ('"och"', set()),
        ('- " or', set()),
    ],
)
def test_what_a_search_finds(session: Session, lasting: World, marked: dict[str, int], q: str, found: set[str]) -> None:
    teacher = lasting.acting(session, "teacher")
    page = finding.find(session, teacher, Filter(q=q))
    names = {nr: name for name, nr in marked.items()}
    assert {names[row.nr] for row in page.rows} == found
    assert page.matched == len(found)


def test_letters_that_are_written_apart_from_their_marks_are_the_same(
    session: Session, lasting: World, marked: dict[str, int]
) -> None:
    teacher = lasting.acting(session, "teacher")
    apart = unicodedata.normalize("NFD", "Hökarängen")
    assert len(apart) > len("Hökarängen")
    assert [row.nr for row in finding.find(session, teacher, Filter(q=apart)).rows] == [marked["lamp"]]
    walker = lasting.acting(session, "walker")
    mark(session, walker, text=unicodedata.normalize("NFD", "Sly skymmer sikten vid Älgvägen"))
    assert finding.find(session, walker, Filter(q="älgvägen")).matched == 1


def test_a_withdrawn_rows_words_are_found_no_more(session: Session, lasting: World, marked: dict[str, int]) -> None:
    walker = lasting.acting(session, "walker")
    gone = deviations.get(session, walker, marked["school"])
    deviations.withdraw(session, walker, gone, reason=deviations.Reason.MISTAKE)
    every = Filter(q="skolgården", statuses=tuple(deviations.Status))
    assert finding.find(session, walker, every).matched == 0


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(
    words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
    times=st.sampled_from([1, 1, 1, 400]),
)
def test_any_text_can_be_kept_and_asked_for(sessions: sessionmaker[Session], words: str, times: int) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        kept, asked = func.searchable((words * times)[:4003]), func.search_query((words * times)[:200])
        assert session.scalar(select(kept)) is not None
        session.execute(select(asked))


def test_a_text_of_one_endless_word_can_be_kept(session: Session, lasting: World) -> None:
    walker = lasting.acting(session, "walker")
    endless = mark(session, walker, text="skräphög" * 250)
    found = finding.find(session, walker, Filter(q="phögskräphögskräphögskräphög"))
    assert [row.nr for row in found.rows] == [endless.nr]

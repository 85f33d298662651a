"""The archive: the years before this register as their sources word them, and the embargo on the years in it."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.screening import find
from forum.prize import archive
from forum.prize.editions import Edition, Phase
from tests.builders import World
from tests.prizes import LIGHTS, Prize, build_prize, decide_at_once, declare_all, pass_gate


def test_every_year_since_2012_has_its_theme_and_its_winner_as_far_as_a_source_says() -> None:
    years = {each.year: each for each in archive.earlier()}
    assert list(years) == list(range(2024, 2011, -1))
    assert all(each.themes and each.sources for each in years.values())
    assert {year for year, each in years.items() if len(each.winners) != 1} == {2020, 2024}
    assert [winner.name for winner in years[2020].winners] == ["Storasyster", "Kvinnors Nätverk"]
    assert years[2024].winners == ()
    farsta = years[2023]
    assert (farsta.slug, farsta.sum_kr, str(farsta.ceremony_on)) == ("stockholm-2023", 50_000, "2023-10-26")
    assert farsta.winners[0].citation.startswith("Farsta Trygghetsforum har på ett innovativt sätt")


@pytest.mark.parametrize("year", [2019, 2021, 2022])
def test_a_theme_that_two_sources_word_differently_is_kept_in_both_wordings(year: int) -> None:
    found = archive.of_address(f"stockholm-{year}")
    assert found is not None
    assert len({theme.words for theme in found.themes}) == len({theme.source for theme in found.themes}) == 2


def test_no_person_is_named_in_the_archive() -> None:
    for each in archive.earlier():
        said = [*(theme.words for theme in each.themes), *(f"{w.name}. {w.citation}" for w in each.winners)]
        assert [hit for words in said for hit in find(words)] == []


def award(session: Session, prize: Prize) -> None:
    """Let the chair give the prize to the lights."""
    declare_all(session, prize)
    pass_gate(session, prize)
    decide_at_once(session, prize, "För ljuset")


def build_announced(session: Session, world: World) -> Edition:
    """Return, as nobody sees it, an edition whose ceremony has been."""
    prize = build_prize(session, world.acting(session, "teacher"), Phase.ANNOUNCED, "forra")
    award(session, prize)
    rights.become(session, rights.NOBODY)
    return prize.edition(session)


def test_a_winner_is_told_to_nobody_before_the_ceremony_and_to_everybody_from_then_on(
    session: Session, world: World
) -> None:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.DECIDING)
    award(session, prize)
    prize.acting(session, "chair")
    assert archive.winners(session, prize.edition(session)) == []
    rights.become(session, rights.NOBODY)
    assert archive.winners(session, prize.edition(session)) == []
    announced = build_announced(session, world)
    assert [(each.name, each.citation) for each in archive.winners(session, announced)] == [(LIGHTS, "För ljuset")]


def test_an_edition_that_is_held_here_takes_the_place_of_what_the_sources_say(session: Session, world: World) -> None:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.OPEN, "stockholm-2023")
    rights.become(session, rights.NOBODY)
    shown = archive.listed([prize.edition(session)])
    assert [each for each in shown if each.slug == "stockholm-2023"] == [prize.edition(session)]
    assert len(shown) == len(archive.earlier())

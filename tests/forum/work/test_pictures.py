"""Frozen pictures: three parts or none, for an audience, under a seal, and never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.foundation.errors import Forbidden, Invalid, NotFound
from forum.work import pictures
from forum.work.pictures import FrozenPicture
from mapping import picture
from tests.builders import World, mark

WRITTEN = {"other": "Trygghetsmätningen kommer i november.", "analysis": "Mörkret vid gångvägen drar."}
JULY = (date(2023, 7, 1), date(2023, 8, 1))
ENTRY = text("SELECT facts, digest FROM journal WHERE action = 'picture:freeze'")


def figures(session: Session, world: World, audience: Audience = Audience.FORUM) -> dict[str, Any]:
    """Return the figures of a month in which the coordinator has marked something for the forum and for authorities."""
    coordinator = world.acting(session, "coordinator")
    for visibility in ("authorities", "forum"):
        mark(session, coordinator, occurred_from=clock.to_utc("2023-07-07T21:30", "at"), visibility=visibility)
    return picture.as_plain(picture.picture(session, coordinator, audience, *JULY))


def frozen(session: Session, world: World, audience: Audience = Audience.FORUM, **parts: str) -> FrozenPicture:
    plain = figures(session, world, audience)
    return pictures.freeze(session, world.acting(session, "coordinator"), plain, **(WRITTEN | parts))


def test_it_keeps_the_figures_of_its_audience_and_what_was_written(session: Session, world: World) -> None:
    kept = frozen(session, world)
    session.expire_all()
    assert kept.figures["total"]["count"] == 1
    assert picture.of_plain(kept.figures).audience is Audience.FORUM
    assert (kept.audience, kept.first_day, kept.end_day) == ("forum", *JULY)
    assert (kept.other, kept.analysis) == tuple(WRITTEN.values())
    assert kept.intact
    assert "Mörkret" not in str(kept.content)


def test_later_rows_change_nothing_in_it(session: Session, world: World) -> None:
    kept = frozen(session, world)
    before = pictures.hash_of(kept.content)
    coordinator = world.acting(session, "coordinator")
    mark(session, coordinator, occurred_from=clock.to_utc("2023-07-08T21:30", "at"))
    session.expire_all()
    again = pictures.get(session, world.acting(session, "teacher"), kept.id)
    assert (again.figures["total"]["count"], again.hash, again.intact) == (1, before, True)


@pytest.mark.parametrize("audience", [Audience.FORUM, Audience.AUTHORITIES])
def test_the_hash_covers_the_audience_and_the_written_parts(session: Session, world: World, audience: Audience) -> None:
    kept = frozen(session, world, audience)
    other = Audience.AUTHORITIES if audience is Audience.FORUM else Audience.FORUM
    assert pictures.hash_of(kept.content | {"audience": other.value}) != kept.hash
    kept.analysis = "Något annat"
    assert not kept.intact
    session.expire(kept)
    kept.content = kept.content | {"figures": kept.figures | {"partners": 99}}
    assert not kept.intact
    session.expire(kept)


@pytest.mark.parametrize("change", ["other = 'x'", "content = '{}'", "audience = 'authorities'", "hash = sha256('x')"])
def test_nobody_changes_it(session: Session, world: World, change: str) -> None:
    frozen(session, world)
    world.acting(session, "administrator")
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"UPDATE pictures SET {change}"))


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        ({"other": ""}, ["other"]),
        ({"analysis": " \n"}, ["analysis"]),
        ({"other": "", "analysis": ""}, ["other", "analysis"]),
        ({"analysis": "x" * 4001}, ["analysis"]),
    ],
)
def test_an_empty_or_endless_part_is_refused_by_its_name(
    session: Session, world: World, parts: dict[str, str], fields: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        frozen(session, world, Audience.FORUM, **parts)
    assert [problem.field for problem in refused.value.problems] == fields
    if parts == {"other": ""}:
        assert "Annan relevant information" in refused.value.say("sv")
    assert pictures.all_of(session, world.acting(session, "coordinator")) == []


def test_four_thousand_characters_are_taken(session: Session, world: World) -> None:
    assert len(frozen(session, world, analysis="å" * 4000).analysis) == 4000


def test_its_audience_reads_it_and_nobody_else(session: Session, world: World) -> None:
    shared, restricted = (frozen(session, world, audience).id for audience in (Audience.FORUM, Audience.AUTHORITIES))
    for person, seen in (("officer", {shared, restricted}), ("landlord", {shared}), ("teacher", {shared})):
        assert {each.id for each in pictures.all_of(session, world.acting(session, person))} == seen
    landlord = world.acting(session, "landlord")
    for reference in (restricted, uuid4()):
        with pytest.raises(NotFound):
            pictures.get(session, landlord, reference)


def test_who_leads_freezes_and_for_authorities_only_one_of_them(session: Session, world: World) -> None:
    plain = figures(session, world)
    for person in ("officer", "landlord", "teacher"):
        with pytest.raises(Forbidden):
            pictures.freeze(session, world.acting(session, person), plain, **WRITTEN)
    outside = replace(world.acting(session, "coordinator"), authority=False)
    with pytest.raises(Invalid, match="authorities"):
        pictures.freeze(session, outside, plain | {"audience": "authorities"}, **WRITTEN)


def test_freezing_is_noted_with_the_hash_and_without_a_word(session: Session, world: World) -> None:
    kept = frozen(session, world)
    facts, digest = session.execute(ENTRY).one()
    assert bytes(digest) == kept.hash
    assert facts == {"audience": "forum", "first": "2023-07-01", "end": "2023-08-01"}

"""The picture for everybody: sums of what was published, and what they lack is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.people import members
from forum.work import pictures, publications
from mapping import picture
from mapping.periods import Period
from mapping.public_picture import Part, PublicPicture, Published, Sum, made, of_plain
from tests.builders import World, mark

GROUPS = [{"code": code, "sv": sv, "en": en} for code, sv, en in (("a", "Ljus", "Light"), ("b", "Skräp", "Litter"))]
JULY, AUGUST, OCTOBER = date(2023, 7, 1), date(2023, 8, 1), date(2023, 10, 1)


def publish(session: Session, world: World, month: date, counts: list[list[int | None]], **changes: Any) -> str:
    system = members.system(session, world.forum_id, world.slug, "Forum farsta")
    content = {"month": f"{month:%Y-%m}", "areas": ["Väster", "Öster"], "groups": GROUPS, "counts": counts}
    issue = publications.publish(session, system, month, content | {"reporters": 5} | changes)
    return bytes(issue.hash).hex()


def for_all(session: Session, world: World, start: date = JULY, end: date = OCTOBER) -> PublicPicture:
    found = made(session, world.acting(session, "teacher"), Audience.PUBLIC, start, end)
    assert isinstance(found, PublicPicture)
    return found


def test_published_counts_are_added_up_and_what_they_lack_is_named(session: Session, world: World) -> None:
    july = publish(session, world, JULY, [[9, None, 14], [None, None, None], [11, 8, 22]])
    august = publish(session, world, AUGUST, [[7, 6, 13], [None, 5, 8], [10, 11, 21]])
    mark(session, world.acting(session, "landlord"), occurred_from="2023-09-09T12:00")
    found = for_all(session, world)
    assert found.months == (Published("2023-07", 22, 5, july), Published("2023-08", 21, 5, august))
    assert found.lacking == ("2023-09",)
    assert found.total == Sum(43, 0)
    assert found.areas == (Part("Väster", {}, Sum(27, 0)), Part("Öster", {}, Sum(8, 1)))
    assert found.groups[1] == Part("b", {"sv": "Skräp", "en": "Litter"}, Sum(19, 0))
    assert found.cells["Öster"] == {"a": Sum(0, 2), "b": Sum(5, 1)}


def test_a_month_that_lies_partly_outside_is_left_out(session: Session, world: World) -> None:
    for month in (JULY, AUGUST):
        publish(session, world, month, [[9, 9, 18], [9, 9, 18], [18, 18, 36]])
    found = for_all(session, world, JULY, date(2023, 8, 31))
    assert [month.key for month in found.months] == ["2023-07"]
    assert found.lacking == ("2023-08",)


def test_an_area_that_came_later_is_counted_from_then_on(session: Session, world: World) -> None:
    publish(session, world, JULY, [[9, 9, 18], [9, 9, 18]], areas=["Väster"])
    publish(session, world, AUGUST, [[7, 7, 14], [6, 6, 12], [13, 13, 26]])
    assert [(part.key, part.sum) for part in for_all(session, world).areas] == [
        ("Väster", Sum(32, 0)),
        ("Öster", Sum(12, 0)),
    ]


def test_it_is_frozen_as_it_is_and_read_again(session: Session, world: World) -> None:
    publish(session, world, JULY, [[9, None, 14], [None, None, None], [11, 8, 22]])
    found = for_all(session, world)
    coordinator = world.acting(session, "coordinator")
    kept = pictures.freeze(session, coordinator, picture.as_plain(found), other="Inget annat.", analysis="Lugnt.")
    session.expire_all()
    assert (kept.audience, kept.intact) == ("public", True)
    assert of_plain(kept.figures) == found
    assert pictures.get(session, world.acting(session, "teacher"), kept.id).hash == kept.hash


def test_for_other_audiences_it_is_the_picture_as_ever(session: Session, world: World) -> None:
    coordinator = world.acting(session, "coordinator")
    mark(session, coordinator, occurred_from="2023-07-09T12:00")
    found = made(session, coordinator, Audience.FORUM, JULY, AUGUST)
    assert found == picture.picture(session, coordinator, Audience.FORUM, JULY, AUGUST)
    assert of_plain(picture.as_plain(found)) == found


def test_nothing_published_is_an_empty_picture_and_no_period_is_refused(session: Session, world: World) -> None:
    found = for_all(session, world, JULY, AUGUST)
    assert (found.period, found.total, found.areas, found.lacking) == (
        Period(JULY, AUGUST),
        Sum(0, 0),
        (),
        ("2023-07",),
    )
    with pytest.raises(Invalid):
        for_all(session, world, AUGUST, JULY)

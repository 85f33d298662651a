"""Evidence: taken from the chain as everybody may see it, sealed, and told when the register has moved on."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from shapely import Point
from sqlalchemy.orm import Session

from forum.foundation.audience import Audience, Visibility
from forum.foundation.errors import Conflict, Invalid, NotFound
from forum.people.agreements import today
from forum.prize import contents, evidence, nominations, packs, sending, sources
from forum.prize.editions import Edition, Phase
from forum.prize.evidence import Kind
from forum.prize.nominations import Nomination
from forum.register import places
from forum.register.places import Drawn
from forum.work import measures
from forum.work.effects import Effect
from forum.work.measures import Measure, Step
from forum.work.terms import Terms
from tests.builders import CENTRE, World, an_hour_ago, mark
from tests.forum.prize.test_papers import written
from tests.prizes import build_prize

OWNER = "Stadsdelsförvaltningen"
PAIR = [12, 7]
SERIES = {"months": 1, "before": [5, 7], "after": [7]}
AREA = {"shape": "POINT (0 0)", "reach_m": 80.0}
FIGURES: dict[str, Any] = {
    "spans": {"before": {}, "after": {}},
    **dict.fromkeys(sources.PAIRS, PAIR),
    "difference": {"estimate": -5.0},
    "relative": None,
}


def carried_out(session: Session, world: World) -> Measure:
    coordinator = world.acting(session, "coordinator")
    place = places.create(session, coordinator, Drawn("Gångvägen", Point(CENTRE), 100, Visibility.FORUM))
    owner = world.organisations[OWNER]
    terms = Terms("Byt lamporna", owner, today() + timedelta(days=9))
    measure = measures.propose(session, coordinator, place, terms)
    for step in (Step.DECIDE, Step.ACCEPT):
        measure = measures.move(session, coordinator, measure, step)
    return measures.carry_out(session, coordinator, measure, on=today(), note="Det är gjort")


def frozen(session: Session, world: World, measure: Measure, **changes: Any) -> Effect:
    """Return a card as it could have been frozen, with the figures that a test is about."""
    given = {"audience": Audience.FORUM, "reporters": [2, 3], "figures": FIGURES, **changes}
    card: dict[str, Any] = {
        "inputs": {"months": 3, "reporters": given["reporters"]},
        "weighed": {"sentence": "fewer", "limits": ["peak"], "figures": given["figures"]},
        "area": AREA,
        "control": {"key": "place:2", "area": AREA},
        "ring_m": 100,
        "under": [],
        "told": given.get("told"),
    }
    ids = {"forum_id": world.forum_id, "organisation_id": world.organisations[OWNER], "measure_id": measure.id}
    said = {"audience": given["audience"].value, "months": 3, "content": {"card": card}, "reason": ""}
    kept = Effect(**ids, **said, salt=secrets.token_bytes(16), made_at=an_hour_ago())
    kept.hash = kept.seal
    session.add(kept)
    session.flush()
    return kept


def begun(session: Session, world: World) -> tuple[Nomination, Edition]:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.OPEN)
    member = world.acting(session, "coordinator")
    edition = prize.edition(session)
    return nominations.begin(session, member, edition), edition


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, sources.PAIRS),
        ({"reporters": [1, 3]}, ()),
        ({"figures": {**FIGURES, "ring_control": [4, 9]}}, ()),
        ({"told": {"pairs": ["treated", "control", "ring"], "treated": SERIES, "control": None}}, sources.PAIRS[:3]),
        ({"told": {"pairs": ["treated", "ring"], "treated": SERIES, "control": None}}, ()),
    ],
)
def test_of_a_card_only_counts_that_single_out_nobody_are_told(
    session: Session, world: World, changes: dict[str, Any], told: tuple[str, ...]
) -> None:
    card = sources.effect(frozen(session, world, carried_out(session, world), **changes), "Byt lamporna", "Gångvägen")
    assert set(card.content.get("counts", ())) == set(told)
    assert ("difference" in card.content) is bool(told)
    assert card.content.get("series", {}) == ({"treated": SERIES} if told and "told" in changes else {})
    assert card.content["sentence"] == "fewer"
    assert card.content["limits"] == ["peak"]


def test_the_chain_fills_a_draft_with_evidence_organisations_and_who_did_what(session: Session, world: World) -> None:
    measure = carried_out(session, world)
    frozen(session, world, measure)
    frozen(session, world, measure, audience=Audience.AUTHORITIES)
    for person in ("officer", "landlord", "walker"):
        for _ in range(2):
            mark(session, world.acting(session, person), accuracy_m=5)
    mark(session, world.acting(session, "officer"), visibility="authorities", accuracy_m=5)
    nomination, edition = begun(session, world)
    member = world.acting(session, "coordinator")
    nomination = session.get_one(Nomination, nomination.id)
    drawn = sources.of_measure(session, member, measures.get(session, member, measure.nr))
    assert (drawn.deviations, drawn.reporters) == (6, 3)
    sending.fill(session, nomination, edition, drawn, {"done": "Vi bytte lamporna"})
    assert nomination.organisations == ["Bostadsbolaget", "Nattvandrarna", "Polisen", "Stadsdelsförvaltningen"]
    records = {record["organisation"]: record for record in contents.of_mine(session, nomination).records}
    assert records["Stadsdelsförvaltningen"] == {
        "organisation": "Stadsdelsförvaltningen", "reported": False, "decided": False, "carried_out": True,
    }  # fmt: skip
    assert records["Bostadsbolaget"]["reported"]
    held = evidence.of_nomination(session, nominations.nominator_of(nomination), nomination)
    assert [(each.nr, each.kind, each.title) for each in held] == [(1, Kind.EFFECT, "Byt lamporna")]
    assert "where" in held[0].content
    assert held[0].public == {name: said for name, said in held[0].content.items() if name != "where"}
    again = drawn.snapshots[0]
    with pytest.raises(Conflict, match="already"), session.begin_nested():
        evidence.add(session, nomination, edition, again)
    few = replace(again, source_id=nomination.id)
    assert evidence.add(session, nomination, edition, few).nr == 2
    evidence.remove(session, nomination, edition, 2)
    with pytest.raises(NotFound):
        evidence.remove(session, nomination, edition, 2)


def test_what_is_named_is_held_against_what_the_register_shows() -> None:
    records = [{"organisation": "Staden > Stadsdelen"}, {"organisation": "Bostadsbolaget"}]
    named = ["Exempelstaden >  stadsdelen", "Bostadsbolaget", "Söderängs bostäder"]
    assert sources.unseen(named, records) == ["Söderängs bostäder"]


def test_the_jury_is_told_the_day_since_which_there_is_something_newer(session: Session, world: World) -> None:
    measure = carried_out(session, world)
    made = sources.effect(frozen(session, world, measure), "Byt lamporna", "")
    nomination, edition = begun(session, world)
    kept = evidence.add(session, nomination, edition, made)
    assert sources.moved_on(session, [kept]) == {}
    member = world.acting(session, "coordinator")
    measures.move(session, member, measures.get(session, member, measure.nr), Step.REOPEN, reason="Trasig igen")
    assert sources.moved_on(session, [kept]) == {1: today()}


def test_a_document_is_kept_with_its_hash_and_is_part_of_the_pack(session: Session, world: World) -> None:
    nomination, edition = begun(session, world)
    kept = evidence.bring(session, nomination, edition, title="Rapport", document=written(2))
    assert kept.content["pages"] == 2
    pack = packs.seal(session, nomination)
    assert pack.content["evidence"][0]["hash"] == bytes(kept.hash).hex()
    evidence.remove(session, nomination, edition, 1)
    assert not packs.intact(session, nomination, pack)
    with pytest.raises(Invalid) as refused:
        evidence.bring(session, nomination, edition, title="", document=written())
    assert refused.value.field == "evidence_title"

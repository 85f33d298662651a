"""Rules and awards are sealed: a hand behind the journal is found out in the edition's own chain."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import audit
from forum.foundation.audit import Verdict
from forum.prize import awards, editions, seals
from forum.prize.editions import Phase
from tests.builders import World
from tests.prizes import build_prize, carry, declare_all


@pytest.fixture(scope="module")
def decided(sessions: sessionmaker[Session], lasting: World) -> dict[str, str]:
    """Return the ids of an edition and of its award."""
    with sessions() as session:
        prize = build_prize(session, lasting.acting(session, "teacher"), Phase.DECIDING)
        declare_all(session, prize)
        motion = carry(session, prize, "football")
        chair = prize.acting(session, "chair")
        award = awards.decide(session, chair, prize.edition(session), motion, "För fotbollen")
        session.commit()
        return {"awards": str(award.id), "editions": str(prize.edition_id)}


@pytest.mark.parametrize(
    ("table", "hands"),
    [
        ("awards", ("citation = 'För något annat'", "citation = 'För fotbollen'")),
        ("editions", ("sum_kr = sum_kr + 1", "sum_kr = sum_kr - 1")),
    ],
)
def test_what_a_hand_has_changed_is_named(
    sessions: sessionmaker[Session], superuser: Engine, decided: dict[str, str], table: str, hands: tuple[str, str]
) -> None:
    assert verified(sessions, decided).fault is None
    change, back = hands
    with superuser.connect() as hand:
        hand.execute(text("SET session_replication_role = replica"))
        hand.execute(text(f"UPDATE {table} SET {change}"))
        assert decided[table] in str(verified(sessions, decided).fault)
        hand.execute(text(f"UPDATE {table} SET {back}"))
    assert verified(sessions, decided).sound


def verified(sessions: sessionmaker[Session], decided: dict[str, str]) -> Verdict:
    with sessions() as session:
        editions.serve(session, UUID(decided["editions"]))
        return audit.verify(session, decided["editions"], seals.digests)

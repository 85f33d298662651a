"""Two at once in one jury: the later one finds what the earlier one decided, and nothing is counted past it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation.errors import Conflict, ForumError
from forum.prize import assessments, awards, motions, ties
from forum.prize.assessments import Mark
from forum.prize.editions import Phase
from forum.prize.motions import Choice, Motion
from forum.prize.ties import Grade
from tests.builders import World
from tests.prizes import Prize, build_prize, declare_all, pass_gate
from tests.proc import wait_for

Work = Callable[[Session], object]
YES = ("deputy", "county", "juror")


@pytest.fixture
def prize(sessions: sessionmaker[Session], lasting: World, request: pytest.FixtureRequest) -> Prize:
    """Return an edition of the test's own, in the phase that it asks for, as others see it."""
    phase = getattr(request, "param", Phase.DECIDING)
    slug = f"samtidigt-{abs(hash(request.node.name)) % 10**8}"
    with sessions() as session:
        prize = build_prize(session, lasting.acting(session, "teacher"), phase, slug)
        declare_all(session, prize)
        pass_gate(session, prize)
        session.commit()
    return prize


def both(sessions: sessionmaker[Session], first: Work, second: Work) -> ForumError:
    """Let the second begin before the first is committed; return what it is refused for."""
    with ThreadPoolExecutor(1) as aside, sessions() as one:
        first(one)
        waiting = aside.submit(_try, sessions, second)
        wait_for(lambda: _waits(sessions) or waiting.done())
        one.commit()
        return _refusal(waiting)


def _try(sessions: sessionmaker[Session], work: Work) -> None:
    with sessions() as session:
        work(session)
        session.commit()


def _refusal(done: Future[None]) -> ForumError:
    refused = done.exception(timeout=20)
    assert isinstance(refused, ForumError), refused
    return refused


def _waits(sessions: sessionmaker[Session]) -> bool:
    with sessions() as session:
        asked = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
        return bool(session.scalar(text(asked)))


def put(sessions: sessionmaker[Session], prize: Prize, on: str = "lights") -> Motion:
    with sessions() as session:
        chair = prize.acting(session, "chair")
        motion = motions.put(session, chair, prize.edition(session), prize.cover(session, on))
        for name in YES:
            motions.vote(session, prize.acting(session, name), prize.edition(session), motion, Choice.YES)
        session.commit()
    return motion


def closes(prize: Prize, motion: Motion) -> Work:
    def work(session: Session) -> object:
        chair, edition = prize.acting(session, "chair"), prize.edition(session)
        return motions.close(session, chair, edition, motions.get(session, chair, motion.id))

    return work


def test_a_vote_that_comes_while_the_vote_is_being_closed_is_refused(
    sessions: sessionmaker[Session], prize: Prize
) -> None:
    motion = put(sessions, prize)

    def votes(session: Session) -> object:
        chair, edition = prize.acting(session, "chair"), prize.edition(session)
        return motions.vote(session, chair, edition, motions.get(session, chair, motion.id), Choice.NO)

    assert "closed" in str(both(sessions, closes(prize, motion), votes))


def test_a_vote_is_not_closed_past_a_tie_that_is_being_discovered(
    sessions: sessionmaker[Session], prize: Prize
) -> None:
    motion = put(sessions, prize)

    def declares(session: Session) -> object:
        juror = prize.acting(session, "juror")
        return ties.declare(session, juror, prize.cover(session, "lights"), Grade.OWN, reason="Jag var med")

    assert "closed" in str(both(sessions, declares, closes(prize, motion)))


def test_one_prize_is_not_awarded_twice_at_once(sessions: sessionmaker[Session], prize: Prize) -> None:
    carried = {on: put(sessions, prize, on) for on in ("lights", "football")}
    for motion in carried.values():
        with sessions() as session:
            closes(prize, motion)(session)
            session.commit()

    def awards_to(on: str) -> Work:
        def work(session: Session) -> object:
            chair, edition = prize.acting(session, "chair"), prize.edition(session)
            motion = motions.get(session, chair, carried[on].id)
            return awards.decide(session, chair, edition, motion, "För samverkan som håller")

        return work

    assert "has been decided" in str(both(sessions, awards_to("lights"), awards_to("football")))


@pytest.mark.parametrize("prize", [Phase.ASSESSING], indirect=True)
def test_what_is_handed_in_twice_at_once_is_refused_and_what_is_saved_meanwhile_changes_nothing(
    sessions: sessionmaker[Session], prize: Prize
) -> None:
    def marks(session: Session, level: int) -> dict[str, Mark]:
        return {each.code: Mark(level, "Visas i underlaget") for each in prize.edition(session).considered}

    def saves(session: Session) -> object:
        juror = prize.acting(session, "juror")
        return assessments.save(session, juror, prize.cover(session, "lights"), marks(session, 2))

    def hands_in(session: Session) -> object:
        juror, cover = prize.acting(session, "juror"), prize.cover(session, "lights")
        assessments.mine(session, juror, cover)  # as a page that was loaded before
        return assessments.hand_in(session, juror, cover)

    with sessions() as session:
        saves(session)
        session.commit()
    assert "handed in" in str(both(sessions, hands_in, hands_in))
    with pytest.raises(Conflict, match="handed in"):
        _try(sessions, saves)

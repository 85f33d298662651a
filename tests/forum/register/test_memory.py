"""What a process remembers of the register: until something is written, and for those alone who see the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.foundation.audience import Audience
from forum.people import audiences
from forum.people.members import Member
from forum.register import memory
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from forum.register.memory import Memory
from tests.builders import World, mark

ALL = Filter()


@dataclass(frozen=True)
class Number:
    """How many rows a session sees."""

    rows: int
    weight: int = 8


@dataclass
class Asked:
    """Recalls the number of rows for a person, and knows how often they were counted."""

    session: Session
    world: World
    kept: Memory = field(default_factory=Memory)
    counted: int = 0

    def __call__(self, person: str, wanted: Filter | None = None, what: str = "rows", weight: int = 8) -> int:
        return self.count(self.world.acting(self.session, person), wanted or ALL, what, weight)

    def count(self, member: Member, wanted: Filter = ALL, what: str = "rows", weight: int = 8) -> int:
        def made() -> Number:
            self.counted += 1
            return Number(self.session.scalar(select(func.count()).select_from(Deviation)) or 0, weight)

        return self.kept.recall(self.session, member, wanted, what, made).rows


@pytest.fixture
def asked(session: Session, world: World) -> Asked:
    return Asked(session, world)


def test_it_is_counted_once_until_something_is_written_in_the_forum(asked: Asked) -> None:
    assert [asked("walker") for _ in range(3)] == [0, 0, 0]
    assert asked.counted == 1
    mark(asked.session, asked.world.acting(asked.session, "walker"))
    assert [asked("walker") for _ in range(2)] == [1, 1]
    assert asked.counted == 2


def test_those_who_see_the_same_share_and_no_others_do(asked: Asked) -> None:
    mark(asked.session, asked.world.acting(asked.session, "officer"), visibility="authorities")
    assert (asked("officer"), asked("walker"), asked("landlord")) == (1, 0, 0)
    assert asked.counted == 2
    mark(asked.session, asked.world.acting(asked.session, "landlord"), visibility="own")
    assert (asked("landlord"), asked("walker"), asked("officer")) == (1, 0, 1)
    assert asked.counted == 5


def test_a_narrowed_session_recalls_nothing_of_a_wider_one(asked: Asked) -> None:
    officer = asked.world.acting(asked.session, "officer")
    mark(asked.session, officer, visibility="authorities")
    seen = [asked.count(officer)]
    with audiences.narrowed(asked.session, Audience.FORUM):
        seen.append(asked.count(officer))
    assert [*seen, asked.count(officer)] == [1, 0, 1]


@pytest.mark.parametrize(
    "other",
    [
        lambda asked: asked("walker", Filter(q="mörkt")),
        lambda asked: asked("walker", Filter(hours=frozenset({3}))),
        lambda asked: asked("walker", what="tiles"),
    ],
    ids=["words", "hour", "what"],
)
def test_another_question_is_asked_anew(asked: Asked, other: Callable[[Asked], int]) -> None:
    asked("walker")
    other(asked)
    assert asked.counted == 2


def test_what_hangs_on_an_outline_that_an_import_changes_is_never_kept(asked: Asked) -> None:
    for _ in range(2):
        asked("walker", Filter(area="Farsta"))
    assert asked.counted == 2


def test_what_is_too_large_is_not_kept(asked: Asked) -> None:
    for _ in range(2):
        asked("walker", weight=memory.LARGEST)
    assert asked.counted == 2

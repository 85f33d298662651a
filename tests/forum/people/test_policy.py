"""Who may do what: the table as it was agreed, written down a second time and compared in every square."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from uuid import UUID, uuid4

import pytest

from forum.foundation.errors import Forbidden
from forum.people.policy import TABLE, Action, Role, may, require

AGREED = """
                               reader  reporter  coordinator  administrator  system  link
deviation:read                 yes     yes       yes          yes            yes     -
deviation:register             -       yes       yes          yes            -       -
deviation:register_on_behalf   -       yes       yes          yes            -       -
deviation:amend                -       own       yes          yes            -       -
deviation:widen                -       own       own          own            -       -
deviation:withdraw             -       own       yes          yes            -       -
deviation:same_as              -       own       yes          yes            -       -
deviation:look_at              -       -         yes          yes            -       -
deviation:answer               -       -         yes          yes            -       -
deviation:import               -       -         yes          yes            yes     -
import:see                     -       -         yes          own            -       -
quarantine:manage              -       own       yes          own            -       -
place:read                     yes     yes       yes          yes            yes     -
place:create                   -       -         yes          yes            -       -
place:link                     -       -         yes          yes            -       -
place:close                    -       -         yes          yes            -       -
cause:write                    -       -         yes          yes            -       -
measure:read                   yes     yes       yes          yes            yes     -
measure:propose                -       yes       yes          yes            -       -
measure:decide                 -       -         yes          yes            -       -
measure:answer                 -       own       own          own            -       own
measure:carry_out              -       own       yes          yes            -       own
measure:follow_up              -       -         yes          yes            -       -
measure:ask                    -       -         yes          yes            -       -
effect:freeze                  -       -         yes          yes            -       -
picture:read                   yes     yes       yes          yes            yes     -
picture:freeze                 -       -         yes          yes            -       -
picture:adopt                  -       -         yes          yes            -       -
plan:read                      yes     yes       yes          yes            yes     -
plan:make                      -       -         yes          yes            -       -
plan:adopt                     -       -         yes          yes            -       -
publication:read               yes     yes       yes          yes            yes     -
publication:make               -       -         -            -              yes     -
publication:open               -       -         yes          yes            -       -
council:report                 -       -         yes          yes            -       -
walk:read                      yes     yes       yes          yes            yes     -
walk:make                      -       yes       yes          yes            -       -
walk:write                     -       own       yes          yes            -       -
survey:read                    yes     yes       yes          yes            yes     -
survey:import                  -       -         yes          yes            yes     -
meeting:read                   yes     yes       yes          yes            yes     -
meeting:plan                   -       -         yes          yes            -       -
meeting:lead                   -       -         yes          yes            -       -
meeting:add                    -       yes       yes          yes            -       -
meeting:adjust                 -       yes       yes          yes            -       -
meeting:seal                   -       -         -            -              yes     -
view:keep                      yes     yes       yes          yes            -       -
view:share                     -       -         yes          yes            -       -
calendar:keep                  yes     yes       yes          yes            -       -
organisation:add               -       -         -            yes            -       -
contact:read                   -       -         yes          yes            yes     -
contact:manage                 -       -         -            yes            -       -
member:manage                  -       -         -            yes            -       -
agreement:read                 -       -         yes          yes            -       -
agreement:manage               -       -         -            yes            -       -
journal:read                   -       -         -            yes            yes     -
method:read                    yes     yes       yes          yes            yes     -
method:offer                   -       -         yes          yes            -       -
method:adopt                   -       -         yes          yes            -       -
"""
"""`own`: only what belongs to the member's own organisation."""
PRIZE = """
                     secretary  chair  deputy  juror  substitute  nominator
edition:prepare      yes        -      -       -      -           -
edition:open         yes        yes    yes     -      -           -
jury:read            yes        yes    yes     yes    yes         -
jury:appoint         -          yes    -       -      -           -
jury:substitute      -          yes    yes     -      -           -
nomination:write     -          -      -       -      -           yes
nomination:list      yes        yes    yes     yes    yes         -
nomination:read      yes        yes    yes     yes    yes         yes
nomination:prepare   yes        yes    yes     -      -           -
tie:declare          yes        yes    yes     yes    yes         -
tie:rule             -          yes    yes     -      -           -
tie:discover         yes        yes    yes     -      -           -
gate:write           yes        yes    yes     -      -           -
assessment:write     -          yes    yes     yes    yes         -
assessment:read      yes        yes    yes     yes    yes         -
protocol:write       yes        yes    yes     -      -           -
motion:put           -          yes    yes     -      -           -
vote:cast            -          yes    yes     yes    yes         -
award:decide         -          yes    yes     -      -           -
basis:print          yes        yes    yes     yes    yes         -
"""
"""In an edition of the prize; who is tied to a nomination may do nothing with it, which the ties decide."""


def agreed(table: str) -> dict[tuple[Action, Role], str]:
    """Return a table by action and role."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    return {
        (Action(action), Role(role)): word for action, *words in lines for role, word in zip(head, words, strict=True)
    }


WRITTEN = agreed(AGREED) | agreed(PRIZE)
SQUARES = {square: WRITTEN.get(square, "-") for square in product(Action, Role)}
"""Who has an office in a forum has none in the prize by it, and the other way round."""


@dataclass(frozen=True)
class Doer:
    role: Role
    organisation_id: UUID | None


@dataclass(frozen=True)
class Thing:
    organisation_id: UUID


def test_the_agreed_table_has_every_square() -> None:
    assert {action for action, _ in WRITTEN} == set(Action) == set(TABLE)
    assert {role for _, role in WRITTEN} == set(Role)


@pytest.mark.parametrize(("action", "role"), SQUARES)
def test_each_role_may_do_what_was_agreed(action: Action, role: Role) -> None:
    ours, word = uuid4(), SQUARES[action, role]
    doer = Doer(role, ours)
    assert may(doer, action) is (word == "yes")
    assert may(doer, action, of=Thing(uuid4())) is (word == "yes")
    assert may(doer, action, of=Thing(ours)) is (word in {"yes", "own"})


def test_who_acts_for_no_organisation_owns_nothing() -> None:
    for (action, role), word in SQUARES.items():
        if word == "own":
            assert not may(Doer(role, None), action, of=Thing(uuid4()))


@pytest.mark.parametrize(("action", "role"), SQUARES)
def test_what_is_not_allowed_is_refused_with_somebody_to_ask(action: Action, role: Role) -> None:
    ours = uuid4()
    if SQUARES[action, role] == "yes":
        require(Doer(role, ours), action)
        return
    with pytest.raises(Forbidden) as refused:
        require(Doer(role, ours), action, of=Thing(uuid4()))
    assert refused.value.remedy
    assert refused.value.say("sv") != refused.value.say("en")
    if SQUARES[action, role] == "own":
        require(Doer(role, ours), action, of=Thing(ours))

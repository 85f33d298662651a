"""On whose behalf the database answers (rättigheter): set for each transaction, read by the row policies.

Every transaction begins with `act(…)` from `session.info["principal"]`: it sets who acts, and the forum, organisation
and role that follow, for this transaction alone; the policies of the migrations read them with
`current_setting(…, true)`. Nothing set means no rows, and no error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

if TYPE_CHECKING:
    from forum.foundation.audience import Audience

KEY, CONNECTION = "principal", "connection with rights"
ACT = "SELECT act(%s, %s, %s, %s, %s)"
BY_OTHER = {
    "link": "SELECT * FROM answer_by(%s)",
    "edition": "SELECT serve_edition(%s)",
    "nomination": "SELECT * FROM nominate_by(%s)",
}
"""Who acts otherwise than by an account or for a forum, and how the database is told."""


@dataclass(frozen=True)
class Principal:
    """Whose rights hold: a person, a member in one forum, a forum's own work, or the operator.

    `system` is the forum whose jobs run; `operator` creates forums and sees no deviation; `audience`
    narrows any of them to the rows that this whole audience may see. `link` is the digest of a mailed link's secret:
    whoever has it answers for one measure and sees nothing else. `edition` is the year of the prize whose own work
    is done (letters, seals); `nomination` is the digest of the secret that opens one nomination to whoever wrote it.
    """

    account: UUID | None = None
    member: UUID | None = None
    system: UUID | None = None
    operator: bool = False
    audience: Audience | None = None
    link: str | None = None
    edition: UUID | None = None
    nomination: str | None = None

    def given(self) -> tuple[UUID | str | bool | None, ...]:
        """Return what `act` is told."""
        return self.account, self.member, self.system, self.operator, self.audience


NOBODY = Principal()
OPERATOR = Principal(operator=True)


def become(session: Session, principal: Principal) -> None:
    """Let the session act for the principal, from now on and in this transaction too.

    What the session has loaded so far is forgotten: it was read with another's rights.
    """
    entered(session, principal)
    if session.in_transaction():
        _apply(session.connection(), principal)


def entered(session: Session, principal: Principal) -> None:
    """Note that this transaction acts for the principal already: the database has seen to it (`enter`)."""
    session.info[KEY] = principal
    session.expire_all()


@contextmanager
def kept(session: Session) -> Iterator[None]:
    """Give the session back for whom it acted before, whatever is done within."""
    before = principal_of(session)
    try:
        yield
    finally:
        become(session, before)


def principal_of(session: Session) -> Principal:
    """Return for whom the session acts."""
    principal = session.info.get(KEY, NOBODY)
    assert isinstance(principal, Principal)
    return principal


def listen(sessions: sessionmaker[Session]) -> None:
    """Make every transaction of these sessions carry its principal."""
    event.listen(sessions, "after_begin", _after_begin)
    event.listen(sessions, "after_soft_rollback", _after_rollback)


def _after_begin(session: Session, _: SessionTransaction, connection: Connection) -> None:
    session.info[CONNECTION] = connection
    if principal_of(session) != NOBODY:  # which a transaction is by itself: nothing is set
        _apply(connection, principal_of(session))


def _after_rollback(session: Session, ended: SessionTransaction) -> None:
    """Set the rights again after a rollback to a savepoint: the database has gone back to those that held before it.

    The session itself takes no statement before `with session.begin_nested()` has been left; its connection does.
    """
    if ended.nested and session.is_active and session.in_transaction():
        _apply(session.info[CONNECTION], principal_of(session))


def _apply(connection: Connection, principal: Principal) -> None:
    for name, told in BY_OTHER.items():
        if (given := getattr(principal, name)) is not None:
            connection.exec_driver_sql(told, (given,))
            return
    connection.exec_driver_sql(ACT, principal.given())

"""The rights of a transaction: one pooled connection serves many, and each sees exactly their own."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import journal
from forum.foundation.audience import Audience, Visibility
from forum.foundation.cluster import PrivateCluster
from forum.foundation.database import make_engine, make_sessions
from forum.foundation.rights import NOBODY, OPERATOR, Principal, become, principal_of
from forum.register.deviations import Deviation
from tests.conftest import on
from tests.story import Story, build_story, tables

ALL = text("SELECT id FROM deviations")
OPEN = {"forum", "public", "on_behalf", "widened", "withdrawn"}
"""What everybody in the forum sees."""
OFFICER = OPEN | {"authorities", "police_own"}
LANDLORD = OPEN | {"own", "narrowed"}


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


@pytest.fixture
def one(cluster: PrivateCluster, database: str, keeper: journal.Keeper) -> Iterator[sessionmaker[Session]]:
    """Return the maker of sessions on a pool of one connection."""
    engine = make_engine(on(cluster.app_url, database), pool_size=1, max_overflow=0, pool_timeout=5)
    sessions = make_sessions(engine)
    journal.keep(sessions, keeper)
    yield sessions
    engine.dispose()


def seen(session: Session, story: Story) -> set[str]:
    return story.names(session.scalars(ALL))


def backend(session: Session) -> int:
    pid: int = session.scalars(text("SELECT pg_backend_pid()")).one()
    return pid


def test_one_connection_serves_nobody_a_nobody_b_and_each_sees_exactly_their_own(
    one: sessionmaker[Session], story: Story
) -> None:
    turns = [(NOBODY, set()), (story.principal("officer"), OFFICER), (NOBODY, set()),
             (story.principal("landlord"), LANDLORD), (NOBODY, set())]  # fmt: skip
    connections = set()
    for principal, expected in turns:
        with one() as session:
            if principal is not NOBODY:
                become(session, principal)
            assert seen(session, story) == expected
            connections.add(backend(session))
    assert len(connections) == 1


def test_rights_go_on_after_a_commit_in_the_same_session_and_end_with_it(
    one: sessionmaker[Session], story: Story
) -> None:
    with one() as session:
        become(session, story.principal("officer"))
        assert seen(session, story) == OFFICER
        session.commit()
        assert seen(session, story) == OFFICER
        session.rollback()
        assert seen(session, story) == OFFICER
        become(session, story.principal("landlord"))
        session.commit()
        assert seen(session, story) == LANDLORD
    with one() as session:
        assert seen(session, story) == set()


def test_a_rollback_to_a_savepoint_leaves_the_rights_that_the_session_says_it_has(
    one: sessionmaker[Session], story: Story
) -> None:
    with one() as session:
        become(session, story.principal("officer"))
        assert seen(session, story) == OFFICER
        with session.begin_nested() as savepoint:
            assert seen(session, story) == OFFICER
            savepoint.rollback()
        assert seen(session, story) == OFFICER
        with session.begin_nested() as savepoint:
            become(session, story.principal("landlord"))
            assert seen(session, story) == LANDLORD
            savepoint.rollback()
        assert principal_of(session) == story.principal("landlord")
        assert seen(session, story) == LANDLORD
        with session.begin_nested():
            become(session, NOBODY)
        assert seen(session, story) == set()


def fail_as(session: Session, principal: Principal) -> None:
    with session.begin_nested():
        become(session, principal)
        session.execute(text("SELECT 1 / 0"))


def test_a_failing_statement_in_a_savepoint_leaves_the_rights_too(one: sessionmaker[Session], story: Story) -> None:
    with one() as session:
        become(session, story.principal("landlord"))
        assert seen(session, story) == LANDLORD
        with pytest.raises(DBAPIError):
            fail_as(session, story.principal("officer"))
        assert seen(session, story) == OFFICER


def test_becoming_somebody_inside_a_transaction_forgets_what_was_loaded_with_other_rights(
    one: sessionmaker[Session], story: Story
) -> None:
    with one() as session:
        become(session, story.principal("landlord"))
        hidden = session.get_one(Deviation, story.rows["own"])
        become(session, story.principal("officer"))
        assert seen(session, story) == OFFICER
        assert session.scalar(select(Deviation).where(Deviation.id == story.rows["own"])) is None
        assert "text" in inspect(hidden).expired_attributes
        become(session, story.principal("landlord"))
        kept = session.get_one(Deviation, story.rows["own"])
        session.commit()
        become(session, story.principal("officer"))
        assert "text" in inspect(kept).expired_attributes


FOR_EVERYBODY = {"awards", "editions", "methods", "nominations"}
"""What of these has been announced, opened or offered is for everybody; the rest of their rows is not."""


def test_without_rights_no_table_gives_a_row_and_none_an_error(
    one: sessionmaker[Session], superuser: Engine, story: Story
) -> None:
    for table in tables(superuser, "AND has_table_privilege('trygg_app', c.oid, 'SELECT')"):
        count = text(f"SELECT count(*) FROM {table}")
        with superuser.connect() as connection:
            there = connection.scalar(count) or 0
            assert there, f"{table} is empty: nothing could leak"
        with one() as session:
            seen = session.scalar(count) or 0
            assert (0 < seen < there) if table in FOR_EVERYBODY else seen == 0, table


def test_without_rights_nothing_is_changed(one: sessionmaker[Session], superuser: Engine, story: Story) -> None:
    changeable = text(
        "SELECT table_name, min(column_name) FROM information_schema.column_privileges "
        "WHERE grantee = 'trygg_app' AND privilege_type = 'UPDATE' AND table_schema = 'public' GROUP BY 1 ORDER BY 1"
    )
    with superuser.connect() as connection:
        columns = connection.execute(changeable).all()
    assert len(columns) > 5
    for table, column in columns:
        with one() as session:
            changed = session.execute(text(f"UPDATE {table} SET {column} = {column} RETURNING 1")).all()
            assert changed == [], table


@pytest.mark.parametrize(
    "principal",
    [
        Principal(account=uuid4()),
        Principal(member=uuid4()),
        Principal(account=uuid4(), member=uuid4()),
        Principal(system=uuid4()),
        Principal(system=UUID(int=0), audience=Audience.PUBLIC),
        OPERATOR,
    ],
    ids=["account", "member", "both", "forum", "nil", "operator"],
)
def test_a_principal_that_is_no_member_sees_no_deviation(session: Session, story: Story, principal: Principal) -> None:
    become(session, principal)
    assert seen(session, story) == set()


def test_a_member_is_taken_only_together_with_their_own_account(session: Session, story: Story) -> None:
    world = story.farsta
    become(session, Principal(member=world.members["officer"]))
    assert seen(session, story) == set()
    become(session, Principal(account=world.accounts["landlord"], member=world.members["officer"]))
    assert seen(session, story) == set()


def test_a_member_who_has_ended_sees_nothing(session: Session, story: Story) -> None:
    become(session, story.principal("administrator"))
    ended = text("UPDATE members SET ended_at = now() WHERE id = :id")
    session.execute(ended, {"id": story.farsta.members["walker"]})
    become(session, story.principal("walker"))
    assert seen(session, story) == set()


def test_a_forums_own_work_sees_all_of_its_forum_and_nothing_of_another(session: Session, story: Story) -> None:
    become(session, Principal(system=story.farsta.forum_id))
    assert seen(session, story) == set(story.rows) - {"neighbour"}
    become(session, Principal(system=story.rinkeby.forum_id))
    assert seen(session, story) == {"neighbour"}


@pytest.mark.parametrize("audience", Audience)
def test_an_audience_narrows_whoever_asks_to_what_all_of_it_may_see(
    session: Session, story: Story, audience: Audience
) -> None:
    principals = (Principal(system=story.farsta.forum_id), *map(story.principal, ("officer", "landlord")))
    for principal in principals:
        become(session, principal)
        without = seen(session, story)
        become(session, Principal(principal.account, principal.member, principal.system, audience=audience))
        visible = {Visibility(d.visibility) for d in session.scalars(select(Deviation))}
        assert visible <= set(audience.sees)
        assert OPEN <= seen(session, story) < without
    become(session, Principal(system=story.farsta.forum_id, audience=audience))
    assert {Visibility(d.visibility) for d in session.scalars(select(Deviation))} == set(audience.sees)


def test_an_audience_that_the_database_does_not_know_shows_nothing(session: Session, story: Story) -> None:
    become(session, Principal(system=story.farsta.forum_id))
    assert seen(session, story)
    session.execute(text("SELECT set_config('trygg.audience', 'everyone', true)"))
    assert seen(session, story) == set()


def test_who_names_a_member_without_being_looked_up_sees_nothing(session: Session, story: Story) -> None:
    named = text("SELECT set_config('trygg.account', :account, true), set_config('trygg.member', :member, true)")
    officer = {"account": str(story.farsta.accounts["officer"]), "member": str(story.farsta.members["officer"])}
    session.execute(named, officer)
    assert seen(session, story) == set()
    other = Principal(story.farsta.accounts["landlord"], story.farsta.members["officer"])
    become(session, other)  # a member together with another's account is nobody
    assert seen(session, story) == set()
    become(session, story.principal("officer"))
    assert seen(session, story) == OFFICER


def test_a_connection_that_the_server_has_ended_is_not_handed_out_again(
    one: sessionmaker[Session], superuser: Engine, story: Story
) -> None:
    with one() as session:
        become(session, story.principal("officer"))
        ended = backend(session)
    with superuser.connect() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ended})
    with one() as session:
        become(session, story.principal("officer"))
        assert seen(session, story) == OFFICER
        assert backend(session) != ended


def test_the_neighbours_do_not_see_each_other(session: Session, story: Story) -> None:
    for person in story.rinkeby.accounts:
        become(session, Principal(story.rinkeby.accounts[person], story.rinkeby.members[person]))
        assert seen(session, story) == {"neighbour"}, person


def test_what_the_program_says_a_member_sees_is_what_the_database_shows(session: Session, story: Story) -> None:
    become(session, Principal(system=story.farsta.forum_id))
    rows = session.execute(select(Deviation.id, Deviation.visibility, Deviation.organisation_id)).all()
    for person in story.farsta.accounts:
        member = story.farsta.acting(session, person)
        expected = {row_id for row_id, visibility, organisation in rows if member.sees(visibility, organisation)}
        assert set(session.scalars(ALL)) == expected, person


def test_rights_do_not_outlive_their_transaction_in_the_database(one: sessionmaker[Session], story: Story) -> None:
    setting = text("SELECT coalesce(current_setting('trygg.member', true), '')")
    with one() as session:
        become(session, story.principal("officer"))
        assert session.scalar(setting) == str(story.farsta.members["officer"])
    with one.kw["bind"].connect() as connection:
        assert connection.scalar(setting) == ""

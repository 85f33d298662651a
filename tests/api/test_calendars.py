"""A calendar by its secret address: the forum's meetings and one's own due days, as the whole forum may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import icalendar
import pytest
import vobject
from shapely import Point
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.errors import NotFound
from forum.people import accounts, calendars, letters, members
from forum.people.agreements import today
from forum.register import places
from forum.register.places import Drawn
from forum.work import measures, meetings
from forum.work.measures import Step
from forum.work.meetings import Plan
from forum.work.terms import Terms
from tests.api.conftest import ClientOf
from tests.builders import CENTRE, World

Made = Callable[[str], str]


@pytest.fixture(scope="module", autouse=True)
def _year(sessions: sessionmaker[Session], lasting: World) -> None:
    """Let the forum plan three meetings, cancel one, and decide measures of two owners, one for authorities alone."""
    with sessions() as session:
        coordinator = lasting.acting(session, "coordinator")
        chair = lasting.organisations["Stadsdelsförvaltningen"]
        for weeks, where in ((1, "Folkets hus"), (5, "Skolan"), (-30, "Biblioteket")):
            plan = Plan(clock.now() + timedelta(weeks=weeks), location=where, chair_id=chair)
            meeting = meetings.plan(session, coordinator, plan)
            if where == "Skolan":
                meetings.amend(session, coordinator, meeting, Plan(plan.starts_at, location="Skolan", chair_id=chair))
                meetings.cancel(session, coordinator, meeting, reason="Sjukdom")
        for title, owner, seen in (
            ("Byt lampor", "Polisen", Visibility.FORUM),
            ("Dold insats", "Polisen", Visibility.AUTHORITIES),
            ("Klipp häcken", "Bostadsbolaget", Visibility.FORUM),
            ("Bara föreslagen", "Polisen", Visibility.FORUM),
        ):
            place = places.create(session, coordinator, Drawn("Gångvägen", Point(CENTRE), 100, seen))
            terms = Terms(title, lasting.organisations[owner], today() + timedelta(days=9), visibility=seen)
            measure = measures.propose(session, coordinator, place, terms)
            if title != "Bara föreslagen":
                measures.move(session, coordinator, measure, Step.DECIDE)
        session.commit()


@pytest.fixture
def made(sessions: sessionmaker[Session], lasting: World, superuser: Engine) -> Iterator[Made]:
    """Return the maker of addresses; they and the count of failures are gone after the test."""

    def make(person: str) -> str:
        with sessions() as session:
            secret = calendars.make(session, lasting.acting(session, person))
            session.commit()
        return f"/calendar/{secret}.ics"

    yield make
    with superuser.connect() as connection:
        connection.execute(text("TRUNCATE calendars, failures"))


def told(content: bytes) -> list[Any]:
    """Return the events of a calendar, which two independent libraries read alike."""
    events: list[Any] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    other: Any = vobject.readOne(content.decode())
    assert {(str(e["uid"]), e["dtstart"].dt) for e in events} == {
        (e.uid.value, e.dtstart.value) for e in other.vevent_list
    }
    return events


def test_the_calendar_holds_meetings_as_invitations_say_them_and_what_ones_own_organisation_is_asked(
    client_of: ClientOf, made: Made
) -> None:
    answer = client_of(None).get(made("officer"))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    events = told(answer.content)
    by_place = {str(event["location"]): event for event in events if "location" in event}
    assert set(by_place) == {"Folkets hus", "Skolan"}
    assert [str(by_place[at]["status"]) for at in ("Folkets hus", "Skolan")] == ["CONFIRMED", "CANCELLED"]
    day = by_place["Skolan"]["dtstart"].dt.date()
    invited = client_of("teacher").get(f"/api/v1/forums/farsta/meetings/{day}/invitation.ics").content
    assert icalendar.Calendar.from_ical(invited).walk("VEVENT")[0] == by_place["Skolan"]
    assert by_place["Skolan"]["sequence"] == 2
    (due,) = [event for event in events if "location" not in event]
    assert str(due["summary"]) == "Ska vara klar: Byt lampor"
    assert due["dtstart"].dt == today() + timedelta(days=9)


@pytest.mark.parametrize("person", ["officer", "coordinator", "landlord", "teacher"])
def test_no_calendar_tells_what_not_all_of_the_forum_may_see(client_of: ClientOf, made: Made, person: str) -> None:
    content = client_of(None).get(made(person)).text
    assert "Folkets hus" in content
    assert "Dold" not in content
    assert ("häcken" in content) is (person == "landlord")


def test_an_address_that_was_replaced_or_taken_away_or_never_was_is_answered_like_any_other(
    client_of: ClientOf, made: Made, sessions: sessionmaker[Session], lasting: World
) -> None:
    replaced, gone = made("officer"), made("walker")
    kept = made("officer")
    with sessions() as session:
        walker = lasting.acting(session, "walker")
        calendars.take_away(session, walker)
        with pytest.raises(NotFound):
            calendars.take_away(session, walker)
        session.commit()
    answers = [client_of(None).get(path) for path in (replaced, gone, "/calendar/x.ics")]
    assert {(answer.status_code, answer.content, answer.headers["content-type"]) for answer in answers} == {
        (404, answers[0].content, "application/problem+json")
    }
    assert client_of(None).get(kept).status_code == 200


def test_who_leaves_the_forum_reads_no_more_and_their_address_is_forgotten(
    client_of: ClientOf, made: Made, sessions: sessionmaker[Session], lasting: World, superuser: Engine
) -> None:
    path = made("teacher")
    with sessions() as session:
        members.end(session, lasting.acting(session, "administrator"), lasting.members["teacher"])
        letters.forget(session)
        session.commit()
    assert client_of(None).get(path).status_code == 404
    with superuser.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM calendars")) == 0
        connection.execute(text("UPDATE members SET ended_at = NULL"))


def test_the_secret_stands_nowhere_and_an_address_opens_nothing_else(
    client_of: ClientOf, made: Made, superuser: Engine
) -> None:
    path = made("officer")
    secret = path.removeprefix("/calendar/").removesuffix(".ics")
    with superuser.connect() as connection:
        kept = "".join(
            connection.scalars(text("SELECT t::text FROM calendars t UNION ALL SELECT j::text FROM journal j"))
        )
    assert accounts.digest(secret) in kept
    assert "calendar:make" in kept
    assert secret not in kept
    headers = {"Authorization": f"Bearer {secret}"}
    assert client_of(None).get("/api/v1/me", headers=headers).status_code == 401

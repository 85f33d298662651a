"""The demo in a database: through the ordinary verbs, once, marked as invented, never beside a real forum."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from forum.demo import Analyst, DemoRow, Summary, build, officers, persons, rows
from forum.demo.partners import partners
from forum.demo.patterns import patterns
from forum.demo.tables import table
from forum.foundation import audit, rights
from forum.foundation.audience import Audience
from forum.foundation.errors import Conflict, Forbidden
from forum.foundation.geometry import lon_lat, metres_between
from forum.people import accounts, forums, members, organisations
from forum.people.agreements import require_in_force, today
from forum.people.members import Member
from forum.people.organisations import Organisation, tree
from forum.prize import awards, editions, methods, seals
from forum.register import areas, finding, places, quarantine, walks
from forum.register.deviations import Deviation, Status, history_of
from forum.register.finding import Filter, find
from forum.register.walks import Outcome
from forum.work import adoptions, measures, pictures, plans, publications
from mapping import quadrants, surveys
from mapping.cards import latest
from mapping.perceived import Quadrant
from mapping.picture import latest_figures
from mapping.publications import issues
from tests.builders import build_world
from tests.mapping.attack import every_withheld_count_may_be_anything_small

TODAY = date(2023, 10, 16)
SEED = 2023


@pytest.fixture(scope="module")
def built(sessions: sessionmaker[Session]) -> Summary:
    """Return the demo, made once for the module."""
    with sessions() as session:
        summary = build(session, SEED, TODAY, by=Analyst(publish=issues, figures=latest_figures, judge=latest))
        session.commit()
        return summary


@pytest.fixture(scope="module")
def invented() -> list[DemoRow]:
    """Return the rows that the demo was made of."""
    return rows(SEED, TODAY)


def acting(session: Session, key: str) -> Member:
    """Let the session act for one of the demo's people, as a button of the sign-in page does."""
    person = next(p for p in persons() if p.key == key)
    rights.become(session, rights.OPERATOR)
    account = accounts.by_email(session, person.email)
    assert account is not None
    return members.acting(session, account.id, "farsta")


def seen(session: Session) -> dict[str, Deviation]:
    """Return every deviation that the session sees, by the demo's reference."""
    found = session.scalars(select(Deviation).where(Deviation.source == "demo"))
    return {deviation.source_ref: deviation for deviation in found if deviation.source_ref}


def worker(session: Session) -> Member:
    """Let the session act as the forum's own work."""
    acting(session, "coordinator")
    forum = forums.of_slug(session, "farsta")
    return members.system(session, forum.id, forum.slug, forum.name)


def everything(session: Session) -> dict[str, Deviation]:
    """Return every deviation of the demo, as the forum's own work sees them."""
    worker(session)
    return seen(session)


def test_the_demo_stands_there_marked_as_invented(built: Summary, session: Session) -> None:
    member = acting(session, "coordinator")
    assert member.demo
    assert (built.slug, built.persons, built.organisations) == ("farsta", 6, len(partners()))
    assert 30 <= built.organisations <= 40
    assert 2300 <= built.added <= 2700


def test_every_row_arrives_as_it_was_invented(built: Summary, session: Session, invented: list[DemoRow]) -> None:
    coordinator = acting(session, "coordinator")
    there, names = everything(session), {o.id: o.name for o in session.scalars(select(Organisation))}
    own = [row for row in invented if not row.told]
    assert set(there) == {row.ref for row in own}
    for row in own:
        deviation = there[row.ref]
        assert lon_lat(deviation.geom) == (row.lon, row.lat)
        assert (deviation.occurred_from, deviation.occurred_to) == (row.occurred_from, row.occurred_to)
        assert deviation.created_at == row.registered_at
        assert (deviation.accuracy_m, deviation.visibility) == (row.accuracy_m, row.visibility)
        assert names[deviation.organisation_id] == partners()[row.organisation].name
        if not row.withdrawn and not row.same_as:
            status = (
                "at_place" if gathered(coordinator, deviation) and row.status in ("new", "looked_at") else row.status
            )
            assert (deviation.text, deviation.reply, deviation.status) == (row.text, row.reply, status)


def gathered(coordinator: Member, deviation: Deviation) -> bool:
    """Tell whether the coordinator sees it within the radius of a pattern that the demo works on."""
    worked = {entry["pattern"] for entry in table("work")["place"]}
    here = [pattern for pattern in patterns() if pattern.code in worked]
    near = any(metres_between(lon_lat(deviation.geom), (p.at[0], p.at[1])) <= p.radius_m for p in here)
    return near and coordinator.sees(deviation.visibility, deviation.organisation_id)


def test_the_forum_works_on_what_was_planted(built: Summary, session: Session) -> None:
    member = acting(session, "coordinator")
    made = {place.name: place for place in places.all_of(session, member)}
    worked = {entry["pattern"] for entry in table("work")["place"]}
    assert set(made) == {pattern.place for pattern in patterns() if pattern.code in worked}
    for pattern in patterns():
        if pattern.code in worked:
            count = finding.count(session, member, Filter(place=made[pattern.place].nr))
            assert count >= pattern.rows / 2, pattern.code
    statuses = {measure.status for measure in measures.all_of(session, member)}
    assert {"proposed", "decided", "accepted", "under_way", "followed_up", "declined", "handed_over"} == statuses
    assert len(measures.not_fixed(session, member)) == 6  # every day of that year has passed


def test_it_has_adopted_a_picture_with_three_parts_and_a_plan_on_it(built: Summary, session: Session) -> None:
    member = acting(session, "coordinator")
    (frozen,) = pictures.all_of(session, member)
    assert frozen.intact
    assert frozen.other.startswith("Påhittat exempel.")
    assert frozen.analysis.startswith("Påhittat exempel.")
    assert (frozen.first_day, frozen.end_day) == (date(2023, 7, 1), date(2023, 10, 1))
    assert frozen.figures["analyses"]
    holding = adoptions.in_force(adoptions.all_of(session, member), Audience.FORUM, today())
    assert holding.picture is not None
    assert holding.plan is not None
    assert holding.picture.reference.startswith("Påhittat beslut")
    (plan,) = plans.all_of(session, member)
    assert (plan.picture_id, holding.plan.plan_id) == (frozen.id, plan.id)
    assert len(plans.measures_of(session, member, plan)) == 6


def test_what_is_perceived_and_what_is_reported_differ_between_its_areas(built: Summary, session: Session) -> None:
    found = quadrants.of_areas(surveys.of_forum(session, acting(session, "school")))
    assert found.perceived is not None
    assert found.reported is not None
    assert found.perceived.source.startswith("Påhittad")
    assert found.reported.source.startswith("Påhittad")
    assert len(found.placed) == 10
    assert {placed.quadrant for placed in found.placed} == set(Quadrant)


def test_its_walk_has_points_with_owners_and_a_follow_up_says_how_they_are(built: Summary, session: Session) -> None:
    member = acting(session, "housing")
    later, earlier = walks.all_of(session, member)
    noted = walks.points(session, member, earlier)
    assert [point.position for point, _ in noted] == [1, 2, 3, 4, 5]
    assert [point.position for point, _ in noted if point.pictured] == [2]
    assert len(walks.people(session, member, earlier)) == 5
    assert len(walks.line_of(earlier, noted)) == 8
    said = [outcome for _, _, outcome in walks.comparison(session, member, later)]
    assert said == [Outcome.FIXED, Outcome.SAME, Outcome.BETTER, None, Outcome.FIXED]


def test_withdrawn_rows_are_tombstones_and_second_reports_point_at_the_first(
    built: Summary, session: Session, invented: list[DemoRow]
) -> None:
    system, there = worker(session), everything(session)
    for row in invented:
        if row.withdrawn:
            gone = there[row.ref]
            assert (gone.status, gone.text, gone.answers) == (Status.WITHDRAWN, "", {})
        if row.same_as:
            assert there[row.ref].same_as_id == there[row.same_as].id
            assert [line.action for line in history_of(session, system, there[row.ref])] == ["import", "same_as"]


def test_what_was_told_is_written_down_for_another(built: Summary, session: Session, invented: list[DemoRow]) -> None:
    member = acting(session, "coordinator")
    told = session.scalars(select(Deviation).where(Deviation.organisation_id != Deviation.registered_by_id)).all()
    assert len(told) == sum(row.told for row in invented)
    assert {deviation.on_behalf for deviation in told} == {True}
    assert any(deviation.registered_by_id == member.organisation_id for deviation in told)


def test_each_person_sees_their_own_part(built: Summary, session: Session, invented: list[DemoRow]) -> None:
    told = {row.ref for row in invented if row.told}
    for key, authority, organisation in (
        ("coordinator", True, "district"),
        ("police", True, "municipal_police"),
        ("housing", False, "soderang"),
        ("school", False, "skondal_school"),
    ):
        member = acting(session, key)
        open_to = {"forum", "public"} | ({"authorities"} if authority else set())
        mine = {r.ref for r in invented if r.visibility in open_to or r.organisation == organisation}
        assert set(seen(session)) == mine - told
        assert find(session, member, Filter(), limit=1).matched < len(mine)


def test_nothing_waits_in_quarantine(built: Summary, session: Session) -> None:
    assert quarantine.all_of(session, acting(session, "coordinator")) == []


def test_each_button_of_the_sign_in_page_has_a_member_with_the_role(built: Summary, session: Session) -> None:
    assert [person.role for person in persons()].count("reporter") == 3
    for person in persons():
        member = acting(session, person.key)
        assert (member.role, member.name) == (person.role, person.name)
        assert member.organisation_name == person.organisation_name
        assert person.email.endswith(".invalid")
        assert person.title("sv") == person.name != person.title("en")


def test_the_city_and_the_police_are_trees(built: Summary, session: Session) -> None:
    member = acting(session, "coordinator")
    depth = {b.organisation.name: b.depth for b in tree(organisations.all_of(session, member.forum_id))}
    assert depth["Stockholms stad"] == depth["Polismyndigheten"] == 0
    assert depth["Farsta stadsdelsförvaltning"] == depth["Lokalpolisområde Farsta"] == 1
    assert depth["Kommunpoliserna i Farsta"] == 2
    assert len(depth) == len(partners())


def test_a_partner_without_an_agreement_in_force_only_reads(built: Summary, session: Session) -> None:
    member = acting(session, "coordinator")
    for name, refused in (
        ("Koloniföreningen Strandlyckan", True),
        ("Kulturhuset Kometen", True),
        ("Trafikkontoret", False),
    ):
        there = organisations.named(session, member.forum_id, name)
        writer = Member(**(vars(member) | {"organisation_id": there.id, "organisation_name": name}))
        if refused:
            with pytest.raises(Forbidden):
                require_in_force(session, writer)
        else:
            require_in_force(session, writer)


def test_the_ground_and_the_ten_stadsdelar_are_there(built: Summary, session: Session) -> None:
    member = acting(session, "coordinator")
    found, ground = areas.nearby(session, member.forum_id, TODAY)
    assert sorted(area.kind for area in found) == ["stadsdel"] * 10 + ["stadsdelsomrade"]
    assert {thing.kind for thing in ground} >= {"water", "rail", "street", "path", "stop", "square", "school"}


def test_its_page_is_open_with_every_closed_month_and_no_withheld_count_can_be_worked_out(
    built: Summary, session: Session
) -> None:
    issues_made = publications.open_to_all(session, built.slug, most=99).issues
    assert [f"{issue.month:%Y-%m}" for issue in issues_made] == [
        *(f"2023-{month:02}" for month in range(9, 0, -1)),
        *(f"2022-{month:02}" for month in range(12, 8, -1)),
    ]
    for issue in issues_made:
        counts = [[-1 if n is None else n for n in line] for line in issue.content["counts"]]
        published = np.array(counts, dtype=np.int64)
        assert every_withheld_count_may_be_anything_small(published, published >= 0)
        assert (published >= 0).sum() > 12


def test_a_second_time_adds_nothing(built: Summary, session: Session) -> None:
    before = len(everything(session))
    again = build(session, SEED, date(2023, 10, 17))
    assert (again.slug, again.added) == (built.slug, 0)
    assert len(everything(session)) == before


def test_a_real_forum_is_refused_beside_the_demo(built: Summary, session: Session) -> None:
    with pytest.raises(Conflict):
        build_world(session, slug="skarpnack")


def test_the_prize_of_an_invented_city_has_a_winner_whose_method_is_offered_and_all_that_is_sealed_agrees(
    sessions: sessionmaker[Session], built: Summary
) -> None:
    with sessions() as session:
        assert all(accounts.demo_account(session, each.email) for each in officers())
        rights.become(session, rights.NOBODY)
        held = {edition.year: edition for edition in editions.all_of(session)}
        assert set(held) == {2022, 2023, 2024}
        won = methods.all_of(session)[0]
        award = awards.standing(session, held[2022])[0]
        assert (won.nomination_id, won.origin) == (award.nomination_id, "Farsta trygghetsforum")
        assert [piece["kind"] for piece in award.evidence] == ["effect", "publication"]
        assert award.evidence[0]["content"]["frozen_on"] < str(award.decided_at.date())
        for reference in [edition.id for edition in held.values()]:
            editions.serve(session, reference)
            assert audit.verify(session, str(reference), seals.digests).fault is None

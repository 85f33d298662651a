"""Who sees which deviation, by every way to one: list, page, counts, hints, history, numbers and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, select, text, true
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.foundation.audience import Audience
from forum.foundation.errors import Conflict, Forbidden, ForumError, Invalid, NotFound
from forum.people import accounts, members
from forum.people.members import Member
from forum.people.policy import Role
from forum.register import deviations, finding, intake
from forum.register.deviations import Deviation, Status
from forum.register.finding import Filter
from tests.builders import CENTRE, an_hour_ago, mark, notice
from tests.story import LATER, WORDS, Story, build_story

OPEN = {"forum", "public", "on_behalf", "widened"}
"""The live rows that every member sees."""
CLASSES: dict[str, set[str]] = {
    "officer": OPEN | {"authorities", "police_own"},  # an authority, which owns two restricted rows
    "coordinator": OPEN | {"authorities"},  # another authority: a role opens nothing
    "administrator": OPEN | {"authorities"},
    "landlord": OPEN | {"own", "narrowed"},  # owns two rows, is no authority
    "walker": OPEN,  # neither
    "teacher": OPEN,  # a reader
}
LIVE, ANYTHING = Filter(), Filter(statuses=tuple(Status))


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


def live(session: Session, story: Story, member: Member, wanted: Filter = LIVE) -> set[str]:
    page = finding.find(session, member, wanted)
    assert page.matched == len(page.rows)
    return story.names(d.id for d in page.rows)


@pytest.mark.parametrize("person", CLASSES)
def test_the_list_and_its_total_hold_what_the_person_may_see(session: Session, story: Story, person: str) -> None:
    assert live(session, story, story.farsta.acting(session, person)) == CLASSES[person]


def test_another_forum_sees_its_own_rows_alone(session: Session, story: Story) -> None:
    for person in CLASSES:
        assert live(session, story, story.rinkeby.acting(session, person), ANYTHING) == {"neighbour"}


def test_who_is_no_member_has_no_way_in_and_nobody_neither(session: Session, story: Story) -> None:
    for principal in (rights.NOBODY, rights.Principal(account=uuid4()), rights.OPERATOR):
        rights.become(session, principal)
        assert session.scalars(select(Deviation)).all() == []
    with pytest.raises(NotFound):
        members.acting(session, story.rinkeby.accounts["officer"], "farsta")


@pytest.mark.parametrize("person", CLASSES)
def test_counts_add_up_to_the_list(session: Session, story: Story, person: str) -> None:
    member = story.farsta.acting(session, person)
    for column in (Deviation.visibility, Deviation.organisation_id, Deviation.category_id, Deviation.status):
        counts = finding.counts_by(session, member, Filter(), column)
        assert sum(counts.values()) == len(CLASSES[person])
    by_visibility = finding.counts_by(session, member, Filter(), Deviation.visibility)
    assert set(by_visibility) == {visibility_of(name) for name in CLASSES[person]}


def visibility_of(name: str) -> str:
    restricted = {
        "own": "own",
        "police_own": "own",
        "narrowed": "own",
        "authorities": "authorities",
        "public": "public",
    }
    return restricted.get(name, "forum")


@pytest.mark.parametrize("person", CLASSES)
def test_a_page_opens_for_those_who_see_the_row_by_id_and_by_number(
    session: Session, story: Story, person: str
) -> None:
    member, shown = story.farsta.acting(session, person), CLASSES[person] | {"withdrawn"}
    for name in story.rows:
        for reference in (story.rows[name], story.numbers[name]):
            if name in shown:
                assert deviations.get(session, member, reference).id == story.rows[name]
            else:
                with pytest.raises(NotFound):
                    deviations.get(session, member, reference)


def test_a_clients_id_opens_the_page_for_its_own_organisation_alone(session: Session, story: Story) -> None:
    landlord, client_id = story.farsta.acting(session, "landlord"), uuid4()
    made = intake.register(session, landlord, client_id=client_id, notice=notice()).deviation
    assert deviations.get(session, landlord, client_id).id == made.id
    officer = story.farsta.acting(session, "officer")
    assert deviations.get(session, officer, made.id).id == made.id
    with pytest.raises(NotFound):
        deviations.get(session, officer, client_id)


@pytest.mark.parametrize("name", ["own", "police_own", "authorities", "narrowed"])
def test_a_search_for_the_words_or_the_number_of_a_hidden_row_finds_nothing(
    session: Session, story: Story, name: str
) -> None:
    for person, shown in CLASSES.items():
        member = story.farsta.acting(session, person)
        for q in (WORDS[name], f"F-{story.numbers[name]}", str(story.numbers[name])):
            assert live(session, story, member, Filter(q=q)) == ({name} if name in shown else set()), (person, q)


def test_no_filter_shows_more_than_the_list_does(session: Session, story: Story) -> None:
    rights.become(session, rights.Principal(system=story.farsta.forum_id))
    hours = frozenset(range(24))
    filters = [
        ANYTHING,
        Filter(box=(17.0, 58.0, 19.0, 60.0)),
        Filter(area="Område farsta"),
        Filter(hours=hours),
        Filter(organisations=tuple(story.farsta.organisations.values())),
        Filter(organisations=tuple(story.rinkeby.organisations.values())),
        Filter(start=an_hour_ago().replace(year=2020)),
        Filter(created_since=an_hour_ago()),
        Filter(categories=("lighting",)),
    ]
    for person, shown in CLASSES.items():
        member = story.farsta.acting(session, person)
        for wanted in filters:
            assert live(session, story, member, wanted) <= shown | {"withdrawn"}, (person, wanted)


@pytest.mark.parametrize("person", CLASSES)
def test_hints_of_something_alike_show_no_hidden_row_and_none_takes_a_place(
    session: Session, story: Story, person: str
) -> None:
    lon, lat = CENTRE
    member = story.farsta.acting(session, person)
    found = intake.alike(session, member, lon=lon, lat=lat, category="lighting", occurred_from=an_hour_ago())
    assert story.names(d.id for d in found) <= CLASSES[person]
    assert len(found) == min(intake.ALIKE, len(CLASSES[person]))


def actions(session: Session, story: Story, person: str, name: str) -> list[tuple[str, str]]:
    member = story.farsta.acting(session, person)
    deviation = deviations.get(session, member, story.rows[name])
    return [(line.action, line.visibility) for line in deviations.history_of(session, member, deviation)]


def test_what_a_row_was_before_it_was_widened_stays_with_its_organisation(session: Session, story: Story) -> None:
    past = [("register", "own"), ("amend", "own"), ("amend", "own")]
    assert actions(session, story, "landlord", "widened") == past
    for person in ("officer", "coordinator", "walker"):
        assert actions(session, story, person, "widened") == []
        member = story.farsta.acting(session, person)
        row = deviations.get(session, member, story.rows["widened"])
        assert row.text == LATER


def test_what_happened_while_a_row_was_narrow_is_not_opened_by_widening_it_again(
    session: Session, story: Story
) -> None:
    landlord = story.farsta.acting(session, "landlord")
    row = deviations.get(session, landlord, story.rows["forum"])
    while_narrow = (
        {"visibility": "own"},
        {"text": "Hemligt mellanläge"},
        {"text": "Ofarligt"},
        {"visibility": "public"},
    )
    for changes in (*while_narrow, {"text": "Åter öppet"}):
        intake.amend(session, landlord, row, None, changes)
    walker = story.farsta.acting(session, "walker")
    lines = deviations.history_of(session, walker, deviations.get(session, walker, row.id))
    assert [line.action for line in lines] == ["register", "answer", "amend"]
    assert "Hemligt" not in str([line.changes for line in lines])
    assert len(deviations.history_of(session, story.farsta.acting(session, "landlord"), row)) == 7


def test_a_row_that_is_narrowed_is_gone_for_the_others_with_all_its_history(session: Session, story: Story) -> None:
    history = text("SELECT count(*) FROM deviation_history WHERE deviation_id = :row")
    for person, lines in (("landlord", 2), ("walker", 0), ("officer", 0)):
        story.farsta.acting(session, person)
        assert session.scalar(history, {"row": story.rows["narrowed"]}) == lines, person


def test_nothing_can_be_said_to_be_the_same_as_a_hidden_row_or_as_one_that_fewer_see(
    session: Session, story: Story
) -> None:
    walker = story.farsta.acting(session, "walker")
    with pytest.raises(NotFound):
        deviations.get(session, walker, story.rows["own"])
    landlord = story.farsta.acting(session, "landlord")
    seen, hidden = (deviations.get(session, landlord, story.rows[name]) for name in ("forum", "own"))
    with pytest.raises(Conflict):
        deviations.same_as(session, landlord, seen, hidden)
    deviations.same_as(session, landlord, hidden, seen)
    assert hidden.same_as_id == seen.id


@pytest.mark.parametrize(
    ("person", "changes"),
    [
        ("officer", {"visibility": "own", "on_behalf_of": "Bostadsbolaget"}),
        ("officer", {"visibility": "own", "on_behalf_of": "Stadsdelsförvaltningen"}),
        ("officer", {"visibility": "authorities", "on_behalf_of": "Bostadsbolaget"}),
        ("landlord", {"visibility": "authorities"}),
        ("landlord", {"visibility": "authorities", "on_behalf_of": "Polisen"}),
        ("walker", {"visibility": "own", "on_behalf_of": "Polisen"}),
    ],
)
def test_nobody_chooses_a_visibility_that_is_not_theirs(
    session: Session, story: Story, person: str, changes: dict[str, Any]
) -> None:
    other = changes.get("on_behalf_of")
    given = changes | ({"on_behalf_of": story.farsta.organisations[other]} if other else {})
    with pytest.raises(Invalid) as refused:
        mark(session, story.farsta.acting(session, person), **given)
    assert refused.value.field == "visibility"
    assert refused.value.remedy


def test_being_an_authority_follows_from_the_organisation_and_never_from_the_role(
    session: Session, story: Story
) -> None:
    for role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        rights.become(session, rights.OPERATOR)
        world, email = story.farsta, f"{role}@housing.example.org"
        account = accounts.account_of(session, email=email)
        company = world.organisations["Bostadsbolaget"]
        members.add(session, world.forum_id, account_id=account, organisation_id=company, role=role)
        member = members.acting(session, account, "farsta")
        assert live(session, story, member) == CLASSES["landlord"]
        with pytest.raises(Invalid):
            mark(session, member, visibility="authorities")


def test_widening_is_the_reporters_organisations_decision_alone(session: Session, story: Story) -> None:
    coordinator = story.farsta.acting(session, "coordinator")
    row = deviations.get(session, coordinator, story.rows["forum"])
    with pytest.raises(Forbidden):
        intake.amend(session, coordinator, row, None, {"visibility": "public"})
    with pytest.raises(ProgrammingError, match="only the reporter's organisation"):
        widen_behind(session, story.rows["forum"])
    session.rollback()
    landlord = story.farsta.acting(session, "landlord")
    mine = deviations.get(session, landlord, story.rows["forum"])
    assert intake.amend(session, landlord, mine, None, {"visibility": "public"}).visibility == "public"


def widen_behind(session: Session, row: UUID) -> None:
    session.execute(text("UPDATE deviations SET visibility = 'public' WHERE id = :row"), {"row": row})


def test_a_coordinator_narrows_a_row_of_an_authority_to_authorities(session: Session, story: Story) -> None:
    marked = mark(session, story.farsta.acting(session, "officer"), text="Öppen först").id
    coordinator = story.farsta.acting(session, "coordinator")
    row = deviations.get(session, coordinator, marked)
    assert intake.amend(session, coordinator, row, None, {"visibility": "authorities"}).visibility == "authorities"
    walker = story.farsta.acting(session, "walker")
    with pytest.raises(NotFound):
        deviations.get(session, walker, marked)


def test_a_number_tells_nothing_of_other_rows(session: Session, story: Story) -> None:
    walker = story.farsta.acting(session, "walker")
    drawn = [mark(session, walker, text=f"Nummer {n}").nr for n in range(40)]
    assert len(set(drawn)) == len(drawn)
    assert all(1_000_000 <= nr <= 9_999_999 for nr in drawn)
    steps = [b - a for a, b in pairwise(drawn)]
    assert len(set(steps)) > 30
    assert 10 < sum(step > 0 for step in steps) < 30


def test_a_new_number_is_none_that_a_hidden_row_has(session: Session, superuser: Engine, story: Story) -> None:
    with superuser.connect() as connection:
        own = {"forum": story.farsta.forum_id}  # another forum may have any number, also one that is drawn here
        taken = set(connection.scalars(text("SELECT nr FROM deviations WHERE forum_id = :forum"), own))
    drawing = text("SELECT count(*) FILTER (WHERE n = ANY(:taken)), count(*) FROM unused_numbers(300000) n")
    story.farsta.acting(session, "walker")
    assert session.execute(drawing, {"taken": list(taken)}).one() == (0, 300_000)
    story.farsta.acting(session, "teacher")
    assert session.execute(drawing, {"taken": list(taken)}).one() == (0, 0)


@pytest.mark.parametrize("person", CLASSES)
def test_a_forgotten_filter_shows_nothing_more(
    session: Session, story: Story, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = story.farsta.acting(session, person)
    for module in (deviations, finding, intake):
        monkeypatch.setattr(module, "visible_to", lambda _: true())
    assert live(session, story, member) == CLASSES[person]
    everything = session.execute(text("SELECT * FROM deviations")).mappings().all()
    assert story.names(row["id"] for row in everything) == CLASSES[person] | {"withdrawn"}
    for name in set(story.rows) - CLASSES[person] - {"withdrawn"}:
        with pytest.raises(NotFound):
            deviations.get(session, member, story.rows[name])


@contextmanager
def without_policies(superuser: Engine) -> Iterator[None]:
    """Take the second wall away for a while."""
    with superuser.connect() as connection:
        for table in ("deviations", "deviation_history"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
        try:
            yield
        finally:
            for table in ("deviations", "deviation_history"):
                connection.execute(text(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"))


def test_without_the_policies_the_program_itself_shows_nothing_more(
    superuser: Engine, sessions: sessionmaker[Session], story: Story
) -> None:
    for person in CLASSES:
        with without_policies(superuser), sessions() as session:
            shows_its_own(session, story, person)


def shows_its_own(session: Session, story: Story, person: str) -> None:
    lon, lat = CENTRE
    member = story.farsta.acting(session, person)
    assert len(session.scalars(select(Deviation)).all()) == len(story.rows)
    assert live(session, story, member) == CLASSES[person]
    counts = finding.counts_by(session, member, ANYTHING, Deviation.visibility)
    assert sum(counts.values()) == len(CLASSES[person]) + 1
    found = intake.alike(session, member, lon=lon, lat=lat, category="lighting", occurred_from=an_hour_ago())
    assert story.names(d.id for d in found) <= CLASSES[person]
    for name in set(story.rows) - CLASSES[person] - {"withdrawn"}:
        with pytest.raises(NotFound):
            deviations.get(session, member, story.rows[name])
    widened = deviations.get(session, member, story.rows["widened"])
    lines = deviations.history_of(session, member, widened)
    assert len(lines) == (3 if person == "landlord" else 0)


@pytest.mark.parametrize("person", ["officer", "coordinator", "landlord", "walker"])
def test_a_change_without_a_condition_touches_no_hidden_row(session: Session, story: Story, person: str) -> None:
    story.farsta.acting(session, person)
    result: Any = session.execute(text("UPDATE deviations SET reply = 'x'"))
    assert result.rowcount == len(CLASSES[person]) + 1
    rights.become(session, rights.Principal(system=story.farsta.forum_id))
    touched = session.scalars(select(Deviation.id).where(Deviation.reply == "x"))
    assert story.names(touched) == CLASSES[person] | {"withdrawn"}


@pytest.mark.parametrize("audience", Audience)
def test_what_is_made_for_an_audience_is_the_same_whoever_presses_the_button(
    session: Session, story: Story, audience: Audience
) -> None:
    expected = {"authorities", *OPEN} if audience is Audience.AUTHORITIES else OPEN
    for person in ("officer", "coordinator", "administrator"):
        member = story.farsta.acting(session, person)
        rights.become(session, story.principal(person, audience=audience))
        assert live(session, story, member) == expected, person
    for person in ("landlord", "walker"):
        member = story.farsta.acting(session, person)
        rights.become(session, story.principal(person, audience=audience))
        assert live(session, story, member) == OPEN, person


@pytest.mark.parametrize("way", ["id", "number"])
def test_a_hidden_a_foreign_and_an_absent_row_are_refused_alike_with_the_same_number_of_questions(
    session: Session, engine: Engine, story: Story, way: str
) -> None:
    of = story.rows if way == "id" else story.numbers
    absent: Any = uuid4() if way == "id" else 1
    walker = story.farsta.acting(session, "walker")
    references = (absent, of["own"], of["authorities"], of["narrowed"], of["neighbour"])
    told = [asked(engine, partial(deviations.get, session, walker, reference)) for reference in references]
    assert len(set(told)) == 1
    assert told[0][1] == 1


def asked(engine: Engine, question: Callable[[], Any]) -> tuple[str, int]:
    """Return the refusal's sentence and how many questions the database was asked for it."""
    questions: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        questions.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        with pytest.raises(ForumError) as refused:
            question()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return f"{refused.type} {refused.value.say('sv')} {refused.value.field}", len(questions)


def test_registering_for_a_foreign_organisation_is_refused_like_for_an_absent_one(
    session: Session, engine: Engine, story: Story
) -> None:
    officer = story.farsta.acting(session, "officer")
    told = set()
    for organisation in (uuid4(), story.rinkeby.organisations["Polisen"]):
        sentence, questions = asked(engine, partial(mark, session, officer, on_behalf_of=organisation))
        told.add((sentence.replace(str(organisation), ""), questions))
    assert len(told) == 1


def test_a_row_that_its_organisation_hides_while_another_changes_it_is_not_found(
    sessions: sessionmaker[Session], story: Story
) -> None:
    with sessions() as first, sessions() as second:
        landlord = story.farsta.acting(first, "landlord")
        marked = mark(first, landlord, text="Snart undanhållen")
        first.commit()
        coordinator = story.farsta.acting(second, "coordinator")
        row = deviations.get(second, coordinator, marked.id)
        intake.amend(first, landlord, marked, None, {"visibility": "own"})
        first.commit()
        with pytest.raises(NotFound):
            intake.amend(second, coordinator, row, None, {"text": "Nytt"})
        second.rollback()
        deviations.withdraw(first, landlord, marked, reason=deviations.Reason.MISTAKE)
        first.commit()

"""A busy forum and its neighbour: rows of every visibility, with a past, so that there is always something to leak."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from shapely import Point
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from forum.foundation.audience import Audience, Visibility
from forum.people import accounts, members, subscriptions
from forum.people.agreements import today
from forum.people.calendars import Calendar
from forum.people.contacts import Contact
from forum.people.letters import Letter
from forum.people.members import Member
from forum.people.policy import Role
from forum.prize import assessments, editions, jury, methods
from forum.prize.contents import Content
from forum.prize.editions import Phase
from forum.prize.evidence import Evidence
from forum.prize.letters import PrizeLetter
from forum.prize.nominators import Contact as Nominator
from forum.prize.supplements import Supplement
from forum.register import areas, deviations, intake, places, surveys, walks
from forum.register.areas import Area
from forum.register.categories import Category
from forum.register.deviations import Deviation, Reason
from forum.register.imports import Import
from forum.register.places import Drawn, Link
from forum.register.quarantine import Quarantined
from forum.register.views import View
from forum.work import (
    adoptions,
    agenda,
    causes,
    cycles,
    decisions,
    effects,
    measures,
    meetings,
    minutes,
    news,
    notices,
    pictures,
    plans,
    publications,
)
from forum.work.agenda import Prepared
from forum.work.cycles import Rule
from forum.work.documents import Document
from forum.work.follow_ups import FollowUp
from forum.work.links import Link as Mailed
from forum.work.meetings import Plan
from forum.work.minutes import Form
from forum.work.terms import Terms
from tests.builders import World, build_world, mark
from tests.prizes import (
    Prize,
    address_of,
    assess,
    begin_draft,
    build_prize,
    days_of,
    decide_at_once,
    declare_all,
    deliberate,
    pass_gate,
    write_content,
)

NEIGHBOURS = (17.90, 59.35, 17.95, 59.40)
"""The square of the other forum."""
THERE = (17.92, 59.37)
WORDS = {
    "own": "Bolagets portkod är bytt",
    "police_own": "Spaning vid garaget",
    "authorities": "Underlag om öppen handel vid torget",
    "forum": "Lyktstolpar är släckta",
    "public": "Klotter på tunnelns vägg",
    "on_behalf": "Trasigt staket bakom skolan",
    "narrowed": "Hörnbutikens baksida utan belysning",
    "widened": "Trapphusets brytare är sönder",
    "withdrawn": "Felskrivet om bänken",
}
"""What the rows of the forum say, by the name that the tests give them."""
REPLY, LATER, NEIGHBOUR = "Armaturerna byttes i går", "Brytaren är lagad nu", "Grannens avvikelse vid stationen"
TYPED = (*WORDS.values(), REPLY, LATER, NEIGHBOUR)
"""Every free text of the story."""
SECRET_ADDRESS = "the end of the address that the landlord was mailed"


@dataclass
class Story:
    """Two forums and the ids of the deviations in them, by name."""

    farsta: World
    rinkeby: World
    category: UUID
    """A category of the first forum."""
    neighbours_area: UUID
    rows: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    work: dict[str, UUID] = field(default_factory=dict)
    """A place, its cause analysis and a measure there: for the forum, and for authorities."""

    notice: UUID | None = None
    """One that the landlord is told of."""
    prize: Prize | None = None
    """An edition whose jury reads what the teacher nominated."""

    def principal(self, person: str, *, audience: Audience | None = None) -> rights.Principal:
        """Return the rights of a member of the first forum without asking for the membership again."""
        return rights.Principal(self.farsta.accounts[person], self.farsta.members[person], audience=audience)

    def linked(self) -> rights.Principal:
        """Return the rights of whoever has the link to the forum's measure."""
        return rights.Principal(link=accounts.digest(SECRET_ADDRESS))

    def jurors(self) -> dict[str, rights.Principal]:
        """Return the rights of everybody in the jury."""
        assert self.prize is not None
        return {name: rights.Principal(account=account) for name, account in self.prize.accounts.items()}

    def serving(self) -> rights.Principal:
        """Return the rights of the edition's own work."""
        assert self.prize is not None
        return rights.Principal(edition=self.prize.edition_id)

    def nominating(self) -> rights.Principal:
        """Return the rights of whoever has the address of the second nomination."""
        assert self.prize is not None
        return rights.Principal(nomination=accounts.digest(address_of(self.prize.slug)))

    def names(self, ids: Any) -> set[str]:
        """Return the names of the rows with these ids."""
        of = {row: name for name, row in self.rows.items()}
        return {of[row] for row in ids}


def build_story(sessions: sessionmaker[Session]) -> Story:
    """Return the story, committed step by step like the requests that it is made of."""
    with sessions() as session:
        worlds = build_world(session), build_world(session, "rinkeby", NEIGHBOURS)
        category = select(Category.id).where(Category.forum_id == worlds[0].forum_id).limit(1)
        area = select(Area.id).where(Area.name == "Område rinkeby")
        story = Story(*worlds, session.scalars(category).one(), session.scalars(area).one())
        areas.import_ground(session, "stop", [areas.Shape("Farsta strand", None, Point(18.1, 59.235))])
        accounts.create_token(session, story.farsta.accounts["officer"])
        session.commit()
        for step in (_mark_all, _tell_the_past, _use_the_rest, _give_a_prize):
            step(session, story)
            session.commit()
    return story


def _mark_all(session: Session, story: Story) -> None:
    school = story.farsta.organisations["Skolan"]
    for name, person, changes in (
        ("own", "landlord", {"visibility": "own"}),
        ("police_own", "officer", {"visibility": "own"}),
        ("authorities", "officer", {"visibility": "authorities"}),
        ("forum", "landlord", {}),
        ("public", "walker", {"visibility": "public"}),
        ("on_behalf", "officer", {"on_behalf_of": school}),
        ("narrowed", "landlord", {}),
        ("widened", "landlord", {"visibility": "own"}),
        ("withdrawn", "walker", {}),
    ):
        _keep(story, name, mark(session, story.farsta.acting(session, person), text=WORDS[name], **changes))
    lon, lat = THERE
    neighbour = mark(session, story.rinkeby.acting(session, "landlord"), lon=lon, lat=lat, text=NEIGHBOUR)
    _keep(story, "neighbour", neighbour)


def _keep(story: Story, name: str, deviation: Deviation) -> None:
    story.rows[name], story.numbers[name] = deviation.id, deviation.nr


def _tell_the_past(session: Session, story: Story) -> None:
    """Narrow one row, widen another, withdraw a third, answer a fourth."""
    landlord = story.farsta.acting(session, "landlord")
    _amend(session, landlord, story.rows["narrowed"], visibility="own")
    _amend(session, landlord, story.rows["widened"], text=LATER)
    _amend(session, landlord, story.rows["widened"], visibility="forum")
    walker = story.farsta.acting(session, "walker")
    gone = deviations.get(session, walker, story.rows["withdrawn"])
    deviations.withdraw(session, walker, gone, reason=Reason.MISTAKE)
    coordinator = story.farsta.acting(session, "coordinator")
    answered = deviations.get(session, coordinator, story.rows["forum"])
    deviations.answer(session, coordinator, answered, reply=REPLY)


def _amend(session: Session, member: Member, row: UUID, **changes: Any) -> None:
    intake.amend(session, member, deviations.get(session, member, row), None, changes)


def _use_the_rest(session: Session, story: Story) -> None:
    """Put something into the tables that no deviation fills."""
    officer = story.farsta.acting(session, "officer")
    members.visit(session, officer)
    held = {
        "forum_id": officer.forum_id,
        "source": "fil",
        "source_ref": "1",
        "row": {"text": "spärrad"},
        "passages": [],
    }
    session.add(Quarantined(organisation_id=officer.organisation_id, **held))
    session.flush()
    session.add(View(forum_id=officer.forum_id, member_id=officer.id, name="Kvällar", query="hour=22", shared=False))
    session.flush()
    coordinator = story.farsta.acting(session, "coordinator")
    session.add(View(forum_id=officer.forum_id, member_id=coordinator.id, name="Mötet", query="", shared=True))
    session.flush()
    _work(session, story, coordinator)
    _walk(session, story, coordinator)
    figure = surveys.Figure(
        surveys.Kind.REPORTED, "Anmälda brott", "Brå", "Misshandel", "Område farsta", 2022, count=40
    )
    surveys.take(session, coordinator, [figure])
    _meet(session, story)
    _publish(session, story.farsta)
    _write_to(session, story)
    for person in ("coordinator", "administrator"):
        _import(session, story.farsta.acting(session, person), story.farsta.organisations["Bostadsbolaget"])
    for person, audience in (("officer", "authorities"), ("teacher", "forum")):
        _print(session, story, person, audience)
    accounts.start_session(session, story.farsta.accounts["officer"])
    session.execute(accounts.NOTE_FAILURE, {"key": "nobody@example.org"})


def _give_a_prize(session: Session, story: Story) -> None:
    """Let an edition be decided and not announced yet, an earlier one be announced, and the next be a draft."""
    teacher = story.farsta.acting(session, "teacher")
    earlier = build_prize(session, teacher, Phase.ANNOUNCED, "forra")
    story.prize = build_prize(session, teacher)
    for prize, citation in ((earlier, "given"), (story.prize, "kept")):
        for name in ("lights", "football"):
            write_content(session, prize, name)
        declare_all(session, prize)
        pass_gate(session, prize)
        decide_at_once(session, prize, citation)
    for name in ("juror", "county"):
        assess(session, story.prize, name, "lights")
    begun = {"results": assessments.Mark(2)}
    assessments.save(session, prize.acting(session, "deputy"), prize.cover(session, "lights"), begun)
    assessments.take_notes(session, prize.acting(session, "juror"), prize.cover(session, "lights"), "Bara min")
    deliberate(session, story.prize)
    _prepare_the_basis(session, story.prize)
    _leave_drafts(session, story)
    _carry_over(session, story, earlier)
    rights.become(session, rights.OPERATOR)
    draft = editions.create(session, slug="utkast", year=2040, name="Priset", **days_of(editions.Phase.PLANNED))
    account = accounts.account_of(session, email="secretary@utkast.example.org")
    story.prize.accounts["draft_secretary"] = account
    jury.found(session, draft, account, office=Role.SECRETARY, organisation="Staden")


def _leave_drafts(session: Session, story: Story) -> None:
    """Let somebody have begun two nominations: one says something, of the other they have left who they are."""
    assert story.prize is not None
    account = story.farsta.accounts["walker"]
    story.prize.accounts["draft_nominator"] = account
    for name in ("draft", "second_draft"):
        begin_draft(session, story.prize, account, name)
        about = {"nomination_id": story.prize.nominations[name], "edition_id": story.prize.edition_id}
        if name == "draft":
            session.add(Content(**about))
            continue
        session.add(Nominator(**about, name="x", email="x@example.org"))
        session.add(Evidence(**about, nr=1, kind="decision", title="x", source_id=uuid4(), hash=bytes(32)))
    session.flush()


def _prepare_the_basis(session: Session, prize: Prize) -> None:
    """Let the secretary ask for a supplement to the second nomination, and its letter be on its way."""
    secretary = prize.acting(session, "secretary")
    about = {"edition_id": prize.edition_id, "nomination_id": prize.nominations["football"]}
    asked = {"words": "Hur många kom?", "last_day": today(), "asked_by_id": secretary.office_id}
    session.add(Supplement(**about, **asked))
    session.flush()
    letter = {"id": uuid4(), "kind": "supplement", **about}
    session.connection().execute(insert(PrizeLetter).inline().values(**letter))


def _carry_over(session: Session, story: Story, won: Prize) -> None:
    """Let the forum offer its method twice, once as a winner, and its neighbour take one over."""
    coordinator = story.farsta.acting(session, "coordinator")
    for name, nomination in (("offered", None), ("won", won.nominations["lights"])):
        story.work[f"method_{name}"] = methods.offer(session, coordinator, name=name, nomination=nomination).id
    story.work["method_ended"] = methods.offer(session, coordinator, name="ended").id
    methods.end(session, coordinator, methods.get(session, story.work["method_ended"]))
    leader = story.rinkeby.acting(session, "coordinator")
    methods.adopt(session, leader, methods.get(session, story.work["method_offered"]))


def _work(session: Session, story: Story, coordinator: Member) -> None:
    """Let the forum work at two places of its own, one of them for authorities alone; no deviation lies in either."""
    owner, due = story.farsta.organisations["Bostadsbolaget"], today() + timedelta(days=30)
    for i, seen in enumerate(("forum", "authorities", "mixed", "bare")):
        visibility = Visibility.AUTHORITIES if seen == "authorities" else Visibility.FORUM
        drawn = Drawn(f"Plats {seen}", Point(18.07 + i / 1000, 59.255), 20, visibility)
        story.work[f"place_{seen}"] = places.create(session, coordinator, drawn).id
    for seen, at in ((Visibility.FORUM, "forum"), (Visibility.AUTHORITIES, "mixed")):
        place = places.get(session, coordinator, story.work[f"place_{at}"])
        cause = causes.write(session, coordinator, place, {"hypothesis": f"Orsak {seen}"}, visibility=seen)
        terms = Terms(f"Åtgärd {seen}", owner, due, visibility=seen)
        deviation = deviations.get(session, coordinator, story.rows[seen])
        measure = measures.propose(session, coordinator, place, terms, answers=[deviation])
        link = {"deviation_id": deviation.id, "organisation_id": coordinator.organisation_id, "here": True}
        session.add(Link(forum_id=place.forum_id, place_id=place.id, **link))
        seen_of = {"measure_id": measure.id, "organisation_id": coordinator.organisation_id, "on_day": today()}
        session.add(FollowUp(forum_id=place.forum_id, outcome="works", note=f"Sett {seen}", **seen_of))
        session.flush()
        frozen = _freeze(session, coordinator, seen)
        story.work |= {f"cause_{seen}": cause.id, f"measure_{seen}": measure.id, f"picture_{seen}": frozen}
        _adopt(session, story, coordinator, seen)
        story.work[f"effect_{seen}"] = effects.keep(session, coordinator, measure, _card(measure, seen)).id


def _card(measure: measures.Measure, seen: Visibility) -> dict[str, Any]:
    """Return as much of an effect card as freezing it looks at."""
    said = {"control": None, "inputs": {"months": 3}, "weighed": {"sentence": "no_control"}}
    return {"forum": "farsta", "measure": measure.nr, "audience": seen.value, **said}


def _walk(session: Session, story: Story, coordinator: Member) -> None:
    """Let there be a walk with a point that all see and one for authorities, and another that follows it up."""
    there = {story.farsta.organisations["Polisen"]: 2}
    walk = walks.make(session, coordinator, walks.Plan("Runt torget", clock.now(), there))
    story.work["walk"] = walk.id
    for seen in ("forum", "authorities"):
        deviation = deviations.get(session, coordinator, story.rows[seen])
        owner = walks.Owned(story.farsta.organisations["Bostadsbolaget"])
        story.work[f"walked_{seen}"] = walks.add_point(session, coordinator, walk, deviation, owner).id
    again = walks.make(session, coordinator, walks.Plan("En gång till", clock.now(), there, follows=walk))
    story.work["walk_again"] = again.id
    for point, _ in walks.points(session, coordinator, walk):
        walks.check(session, coordinator, again, point, walks.Outcome.SAME)
    story.work["walk_third"] = walks.make(session, coordinator, walks.Plan("Till", clock.now(), there, follows=walk)).id


def _adopt(session: Session, story: Story, coordinator: Member, seen: Visibility) -> None:
    """Let the forum adopt a picture and make and adopt a plan on it; another picture waits to be adopted."""
    where = f"Forummötet, för {seen}"
    picture = pictures.get(session, coordinator, story.work[f"picture_{seen}"])
    adoption = adoptions.adopt_picture(session, coordinator, picture, on=today(), reference=where)
    measure = measures.get(session, coordinator, story.work[f"measure_{seen}"])
    measures.move(session, coordinator, measure, measures.Step.DECIDE)
    plan, waiting = (plans.make(session, coordinator, picture, [measure]) for _ in range(2))
    plans.adopt(session, coordinator, plan, on=today(), reference=where)
    open_ = _freeze(session, coordinator, seen)
    story.work |= {f"adoption_{seen}": adoption.id, f"plan_{seen}": plan.id}
    story.work |= {f"waiting_{seen}": waiting.id, f"unadopted_{seen}": open_}


def _meet(session: Session, story: Story) -> None:
    """Let the forum hold one meeting whose minutes are sealed, and another that lasts, each with an annex."""
    coordinator, city = (
        story.farsta.acting(session, "coordinator"),
        story.farsta.organisations["Stadsdelsförvaltningen"],
    )
    cycles.set_rule(session, coordinator, Rule(chair_id=city))
    for name, weeks in (("adjusted", 12), ("sealed", 8), ("now", 4)):
        plan = Plan(clock.now() - timedelta(weeks=weeks), chair_id=city)
        meeting = meetings.plan(session, coordinator, plan)
        points = [_point(story, seen) for seen in (Visibility.FORUM, Visibility.AUTHORITIES)]
        figures = {"audience": "forum", "period": {"first": "2023-07-01", "end": "2023-08-01"}}
        agenda.begin(session, coordinator, meeting, Prepared(figures, points))
        meetings.attend(session, coordinator, meeting, {city: 2})
        for item in agenda.of_meeting(session, coordinator, meeting):
            decision = decisions.decide(session, coordinator, item, f"Beslut {item.visibility}")
            story.work |= {f"item_{item.visibility}": item.id, f"decision_{item.visibility}": decision.id}
        story.work |= {f"meeting_{name}": meeting.id, "kept_by_meeting": meeting.picture_id or meeting.id}
        if name != "now":
            _adjust(session, story, meeting)
        if name == "sealed":
            _seal(session, story, meeting)


def _point(story: Story, seen: Visibility) -> agenda.Point:
    place = story.work["place_forum" if seen is Visibility.FORUM else "place_mixed"]
    return agenda.Point(f"story:{seen}", ({"rule": "active", "now": 1},), 10, f"Punkt {seen}", place, visibility=seen)


def _publish(session: Session, world: World) -> None:
    """Let a month be published."""
    with rights.kept(session):
        system = members.system(session, world.forum_id, world.slug, "Forum farsta")
        publications.publish(session, system, date(2023, 7, 1), {"version": 1})


def _adjust(session: Session, story: Story, meeting: meetings.Meeting) -> None:
    world = story.farsta
    agenda.end(session, world.acting(session, "coordinator"), meeting)
    meetings.adjust(session, world.acting(session, "administrator"), meeting)
    world.acting(session, "coordinator")


def _seal(session: Session, story: Story, meeting: meetings.Meeting) -> None:
    world = story.farsta
    rights.become(session, rights.Principal(system=world.forum_id))
    system = members.system(session, world.forum_id, world.slug, "Forum farsta")
    made = {(audience, Form.PDF): audience.encode() for audience in (Audience.FORUM, Audience.AUTHORITIES)}
    minutes.seal(session, system, meeting, made)
    world.acting(session, "coordinator")


def _write_to(session: Session, story: Story) -> None:
    """Let the owner of the forum's measure be written to."""
    owner, world = story.farsta.organisations["Bostadsbolaget"], story.farsta
    to = {"forum_id": world.forum_id, "organisation_id": owner}
    administrator = world.acting(session, "administrator")
    session.add(Contact(email="kontakt@bolaget.example.org", **to))
    session.flush()
    link = Mailed(measure_id=story.work["measure_forum"], asked_by_id=administrator.organisation_id, **to)
    link.key, link.expires_on = accounts.digest(SECRET_ADDRESS), today() + timedelta(days=30)
    session.add(link)
    session.flush()
    with rights.kept(session):
        rights.become(session, rights.Principal(system=world.forum_id))
        session.add(Letter(kind="link", key="link:x", about_id=link.id, status="sent", **to))
        session.flush()
    _tell(session, story)


def _tell(session: Session, story: Story) -> None:
    """Let the landlord and the police be told of something, and the police alone of what only authorities see."""
    world = story.farsta
    with rights.kept(session):
        worker = members.system(session, world.forum_id, world.slug, "")
        landlord, police = world.organisations["Bostadsbolaget"], world.organisations["Polisen"]
        for seen in ("forum", "authorities"):
            about, to = story.work[f"measure_{seen}"], {landlord, police}
            notices.tell(session, worker, notices.Kind.ASSIGNED, measure=about, to=to, leaders=False)
        place = story.work["place_forum"]
        notices.tell(session, worker, notices.Kind.REOPENED, place=place, to=set(), leaders=True)
    story.notice = news.all_of(session, world.acting(session, "landlord"))[0].notice.id
    officer = world.acting(session, "officer")
    news.mark_read(session, officer, news.all_of(session, officer))
    subscriptions.choose(session, officer, {subscriptions.Topic.DIGEST: False})
    session.add(
        Calendar(member_id=officer.id, forum_id=officer.forum_id, key=accounts.digest("a secret of the officer"))
    )
    session.flush()


def _freeze(session: Session, member: Member, seen: Visibility) -> UUID:
    figures = {"audience": seen.value, "period": {"first": "2023-07-01", "end": "2023-08-01"}}
    written = {"other": f"Annat för {seen}", "analysis": f"Analys för {seen}"}
    return pictures.freeze(session, member, figures, **written).id


def _import(session: Session, member: Member, partner: UUID) -> None:
    brought = {"source": "felanmälan", "ending": ".csv", "content": b"id;text", "mapping": {"id": "id"}, "length": 1}
    owner = {"forum_id": member.forum_id, "organisation_id": member.organisation_id, "member_id": member.id}
    session.add(Import(**owner, **brought, partner_id=partner, skip_bad=False, trial=False))
    session.flush()


def tables(superuser: Engine, also: str = "") -> list[str]:
    """Return our tables in the schema public."""
    ours = (
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') "
        "AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') "
        f"AND c.relname <> 'alembic_version' {also} ORDER BY 1"
    )
    with superuser.connect() as connection:
        return list(connection.scalars(text(ours)))


def _print(session: Session, story: Story, person: str, audience: str) -> None:
    """Let the person have asked for a document."""
    owner = {"forum_id": story.farsta.forum_id, "member_id": story.farsta.members[person]}
    story.farsta.acting(session, person)
    session.add(Document(**owner, kind="picture", audience=audience, language="sv", wanted={}))
    session.flush()

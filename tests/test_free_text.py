"""No persons in the register: every column of free text has a verb that refuses one, and no column is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from shapely import Point, box
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.screening import PersonFound
from forum.people import agreements, organisations
from forum.people.agreements import today
from forum.people.organisations import Kind
from forum.people.policy import Role
from forum.prize import (
    assessments,
    awards,
    contents,
    editions,
    evidence,
    gates,
    jury,
    methods,
    nominations,
    protocol,
    supplements,
    ties,
)
from forum.prize.editions import Phase
from forum.register import areas, bulk, deviations, founding, imports, intake, places, surveys, views, walks
from forum.tables import ALL
from forum.work import (
    adoptions,
    agenda,
    causes,
    costs,
    cycles,
    decisions,
    effects,
    follow_ups,
    measures,
    meetings,
    pictures,
)
from forum.work.terms import Terms
from tests.builders import CENTRE, SQUARE, World, mark, notice
from tests.prizes import build_prize, carry, days_of, declare_all, pass_gate

PERSON = "19811218-9876"
"""The tax agency's own example of a personal identity number: nobody's."""
WORDS = f"En man med {PERSON} vid bänken"
Probe = Callable[[Session, World], object]


def register_answer(session: Session, world: World) -> object:
    return mark(session, world.acting(session, "officer"), category="unease", answers={"helps": WORDS})


def amend_text(session: Session, world: World) -> object:
    officer = world.acting(session, "officer")
    return intake.amend(session, officer, mark(session, officer), 1, {"text": WORDS})


def reply(session: Session, world: World) -> object:
    coordinator = world.acting(session, "coordinator")
    return deviations.answer(session, coordinator, mark(session, coordinator), reply=WORDS)


def import_row(session: Session, world: World, source: str, source_ref: str) -> None:
    """Import one row; what screening stops is held in quarantine, which is no part of the register."""
    coordinator = world.acting(session, "coordinator")
    outcome = bulk.register_many(session, coordinator, [bulk.Row(source_ref, notice())], source=source)
    assert outcome.of("added") == []
    (stopped,) = outcome.of("quarantined")
    raise stopped.problems[0]


def sign(session: Session, world: World, purposes: str, where: str) -> object:
    administrator, school = world.acting(session, "administrator"), world.organisations["Skolan"]
    return agreements.sign(
        session, administrator, organisation_id=school, purposes=purposes, areas=where, valid_from=date(2023, 1, 1)
    )


def as_operator(session: Session) -> Session:
    rights.become(session, rights.OPERATOR)
    return session


def admit(session: Session, world: World) -> object:
    return organisations.admit(session, world.acting(session, "administrator"), name=WORDS, kind=Kind.OTHER)


def import_area(session: Session, _: World) -> object:
    return areas.import_areas(as_operator(session), "stadsdel", [areas.Shape(WORDS, None, box(*SQUARE))])


def import_ground(session: Session, _: World) -> object:
    return areas.import_ground(as_operator(session), "stop", [areas.Shape(WORDS, None, Point(18.1, 59.24))])


def found(session: Session, _: World) -> object:
    return founding.found(as_operator(session), slug="other", name=WORDS, area_names=["Område farsta"])


def keep_view(session: Session, world: World, name: str, query: str) -> object:
    return views.keep(session, world.acting(session, "officer"), name=name, query=query)


def make_place(session: Session, world: World, name: str = "Trappan") -> places.Place:
    drawn = places.Drawn(name, Point(CENTRE), 50)
    return places.create(session, world.acting(session, "coordinator"), drawn)


def close_place(session: Session, world: World) -> object:
    return places.close(session, world.acting(session, "coordinator"), make_place(session, world), reason=WORDS)


def analyse(session: Session, world: World, part: str) -> object:
    place = make_place(session, world)
    return causes.write(session, world.acting(session, "coordinator"), place, {part: WORDS})


def rewrite_cause(session: Session, world: World) -> object:
    place, coordinator = make_place(session, world), world.acting(session, "coordinator")
    causes.write(session, coordinator, place, {"hypothesis": "Mörkret"})
    return causes.write(session, coordinator, place, {"hypothesis": WORDS})


def propose(session: Session, world: World, **said: Any) -> measures.Measure:
    terms = Terms("Byt lampor", world.organisations["Polisen"], date(2030, 1, 1))
    place = make_place(session, world)
    return measures.propose(session, world.acting(session, "coordinator"), place, replace(terms, **said))


def hand_over(session: Session, world: World, to: str, reference: str) -> object:
    measure, coordinator = propose(session, world), world.acting(session, "coordinator")
    return measures.hand_over(session, coordinator, measure, to=to, reference=reference, reason="Deras stolpar")


def spend(session: Session, world: World) -> object:
    measure, officer = propose(session, world), world.acting(session, "coordinator")
    measures.move(session, officer, measure, measures.Step.DECIDE)
    measures.move(session, world.acting(session, "officer"), measure, measures.Step.ACCEPT)
    measures.carry_out(session, world.acting(session, "officer"), measure, on=date(2025, 1, 1))
    return costs.note(session, world.acting(session, "officer"), measure, kronor=1, words=WORDS)


def follow_up(session: Session, world: World) -> object:
    measure, officer = propose(session, world), world.acting(session, "coordinator")
    measures.move(session, officer, measure, measures.Step.DECIDE)
    measures.move(session, world.acting(session, "officer"), measure, measures.Step.ACCEPT)
    coordinator = world.acting(session, "coordinator")
    return follow_ups.follow_up(session, coordinator, measure, outcome=follow_ups.Outcome.WORKS, note=WORDS)


def keep_file(session: Session, world: World) -> object:
    coordinator = world.acting(session, "coordinator")
    partner = session.get_one(organisations.Organisation, coordinator.organisation_id)
    brought = imports.Brought(WORDS, ".csv", b"", {}, 1)
    return imports.keep(session, coordinator, brought, partner=partner, skip_bad=False, trial=False)


def freeze(session: Session, world: World, **parts: str) -> pictures.FrozenPicture:
    figures = {"audience": "forum", "period": {"first": "2023-07-01", "end": "2023-08-01"}}
    written = {"other": "Inget", "analysis": "Mörkt vid trappan"} | parts
    return pictures.freeze(session, world.acting(session, "coordinator"), figures, **written)


def adopt(session: Session, world: World) -> object:
    frozen, coordinator = freeze(session, world), world.acting(session, "coordinator")
    return adoptions.adopt_picture(session, coordinator, frozen, on=agreements.today(), reference=WORDS)


def freeze_card(session: Session, world: World) -> object:
    measure = propose(session, world)
    card = {"forum": world.slug, "measure": measure.nr, "audience": "forum", "control": None}
    card |= {"inputs": {"months": 3}, "weighed": {"sentence": "no_control"}}
    return effects.keep(session, world.acting(session, "coordinator"), measure, card, reason=WORDS)


def plan(session: Session, world: World, location: str = "") -> meetings.Meeting:
    wanted = meetings.Plan(clock.now(), location=location, chair_id=world.organisations["Polisen"])
    return meetings.plan(session, world.acting(session, "coordinator"), wanted)


def set_cycle(session: Session, world: World) -> object:
    rule = cycles.Rule(location=WORDS, chair_id=world.organisations["Polisen"])
    return cycles.set_rule(session, world.acting(session, "coordinator"), rule)


def wish(session: Session, world: World, title: str) -> agenda.Item:
    meeting = plan(session, world)
    item = agenda.add(session, world.acting(session, "coordinator"), meeting, agenda.Wish(title))
    figures = {"audience": "forum", "period": {"first": "2023-07-01", "end": "2023-08-01"}}
    agenda.begin(session, world.acting(session, "coordinator"), meeting, agenda.Prepared(figures, ()))
    return item


def note(session: Session, world: World) -> object:
    item = wish(session, world, "Övrigt")
    return agenda.note(session, world.acting(session, "coordinator"), item, WORDS)


def decide(session: Session, world: World, words: str, reason: str | None = None) -> decisions.Decision:
    item, coordinator = wish(session, world, "Övrigt"), world.acting(session, "coordinator")
    if reason is None:
        return decisions.decide(session, coordinator, item, words)
    first = decisions.decide(session, coordinator, item, "Vi väntar")
    return decisions.decide(session, coordinator, item, words, replaces=decisions.Replaced(first, reason))


def walk(session: Session, world: World) -> object:
    wanted = walks.Plan(WORDS, clock.now(), {world.organisations["Polisen"]: 1})
    return walks.make(session, world.acting(session, "coordinator"), wanted)


def bring_figure(session: Session, world: World, **words: Any) -> None:
    """Bring in a figure; what screening stops is refused."""
    plain = surveys.Figure(surveys.Kind.PERCEIVED, "Mätningen", "Staden", "Otrygga utomhus", "Område farsta", 2020)
    figure = replace(plain, share=0.3, respondents=90, **words)
    (settled,) = surveys.take(session, world.acting(session, "coordinator"), [figure])
    raise settled.problems[0]


def make_edition(session: Session, _: World, **words: str) -> editions.Edition:
    facts: Any = {"name": "Priset", "theme": "Samverkan", **words}
    return editions.create(as_operator(session), slug="ny", year=2030, **days_of(Phase.OPEN), **facts)


def appoint(session: Session, world: World, **words: Any) -> object:
    edition = make_edition(session, world)
    post: Any = {"office": Role.CHAIR, "organisation": "Staden", **words}
    return jury.found(session, edition, world.accounts["officer"], **post)


def stop_edition(session: Session, world: World) -> None:
    prize = build_prize(session, world.acting(session, "teacher"))
    editions.stop(session, prize.acting(session, "secretary"), prize.edition(session), WORDS)


def nominate(session: Session, world: World, title: str = "Ljus", organisation: str = "Skolan") -> None:
    build_prize(session, world.acting(session, "teacher"), Phase.OPEN)
    begun = nominations.begin(session, world.acting(session, "officer"), editions.by_slug(session, "staden"))
    nominations.entitle(session, begun, title=title, organisations=[organisation])


def declare_tie(session: Session, world: World) -> object:
    prize = build_prize(session, world.acting(session, "teacher"))
    juror = prize.acting(session, "juror")
    return ties.declare(session, juror, prize.cover(session, "lights"), ties.Grade.OWN, reason=WORDS)


def offer_method(session: Session, world: World, **words: Any) -> methods.Method:
    return methods.offer(session, world.acting(session, "coordinator"), **words)


def in_jury(
    session: Session, world: World, name: str, phase: Phase = Phase.ASSESSING
) -> tuple[jury.Officer, nominations.Nomination]:
    """Return somebody in a jury whose ties are ruled on, and a nomination that is open to them."""
    prize = build_prize(session, world.acting(session, "teacher"), phase)
    declare_all(session, prize)
    return prize.acting(session, name), prize.cover(session, "football")


def judge(session: Session, world: World) -> object:
    secretary, nomination = in_jury(session, world, "secretary")
    edition = session.get_one(editions.Edition, secretary.edition_id)
    return gates.judge(session, secretary, edition, nomination, gates.Found("together", met=True, reason=WORDS))


def assess(session: Session, world: World) -> object:
    prize = build_prize(session, world.acting(session, "teacher"))
    declare_all(session, prize)
    pass_gate(session, prize)
    juror, nomination = prize.acting(session, "juror"), prize.cover(session, "football")
    return assessments.save(session, juror, nomination, {"results": assessments.Mark(2, WORDS)})


def take_notes(session: Session, world: World) -> None:
    juror, nomination = in_jury(session, world, "juror")
    assessments.take_notes(session, juror, nomination, WORDS)


def deliberate(session: Session, world: World) -> object:
    chair, nomination = in_jury(session, world, "chair", Phase.DECIDING)
    return protocol.write(session, chair, session.get_one(editions.Edition, chair.edition_id), WORDS, nomination)


def tell_why(session: Session, world: World) -> object:
    chair, nomination = in_jury(session, world, "chair", Phase.DECIDING)
    return awards.give_reason(session, chair, session.get_one(editions.Edition, chair.edition_id), nomination, WORDS)


def cite(session: Session, world: World) -> object:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.DECIDING)
    declare_all(session, prize)
    motion = carry(session, prize, "football")
    chair = prize.acting(session, "chair")
    return awards.decide(session, chair, prize.edition(session), motion, WORDS)


def write_part(part: str, session: Session, world: World, document: str = "") -> None:
    build_prize(session, world.acting(session, "teacher"), Phase.OPEN)
    edition = editions.by_slug(session, "staden")
    begun = nominations.begin(session, world.acting(session, "officer"), edition)
    if document:
        evidence.bring(session, begun, edition, title=document, document=b"")
    contents.write(session, begun, edition, {part: WORDS})


def supplement(session: Session, world: World, words: str = "Hur?", answer: str = "") -> None:
    prize = build_prize(session, world.acting(session, "teacher"), Phase.PREPARING)
    declare_all(session, prize)
    secretary, edition, cover = (
        prize.acting(session, "secretary"),
        prize.edition(session),
        prize.cover(session, "lights"),
    )
    tomorrow = today() + timedelta(days=1)
    supplements.ask(session, secretary, edition, cover, words=words, last_day=tomorrow)
    rights.become(session, rights.Principal(account=prize.nominators["lights"]))
    supplements.answer(session, prize.cover(session, "lights"), prize.edition(session), answer)


PROBES: dict[str, Probe] = {
    "assessment_notes.words": take_notes,
    "assessments.marks": assess,
    "award_reasons.words": tell_why,
    "awards.citation": cite,
    "gate_verdicts.reason": judge,
    "protocol_lines.words": deliberate,
    "editions.about": lambda session, world: make_edition(session, world, about=WORDS),
    "editions.name": lambda session, world: make_edition(session, world, name=WORDS),
    "editions.stopped_for": stop_edition,
    "editions.theme": lambda session, world: make_edition(session, world, theme=WORDS),
    **{f"contents.{part}": partial(write_part, part) for part in contents.PARTS},
    "evidence.title": lambda session, world: write_part("problem", session, world, document=WORDS),
    "supplements.answer": lambda session, world: supplement(session, world, answer=WORDS),
    "supplements.words": lambda session, world: supplement(session, world, words=WORDS),
    "nominations.organisations": lambda session, world: nominate(session, world, organisation=WORDS),
    "nominations.title": lambda session, world: nominate(session, world, title=WORDS),
    "offices.belongs_to": lambda session, world: appoint(session, world, belongs_to=[WORDS]),
    "offices.organisation": lambda session, world: appoint(session, world, organisation=WORDS),
    "offices.title": lambda session, world: appoint(session, world, title=WORDS),
    "ties.reason": declare_tie,
    "adoptions.reference": adopt,
    "methods.about": lambda session, world: offer_method(session, world, name="Metoden", about=WORDS),
    "methods.name": lambda session, world: offer_method(session, world, name=WORDS),
    "agenda_items.note": note,
    "agenda_items.title": lambda session, world: wish(session, world, WORDS),
    "agreements.areas": lambda session, world: sign(session, world, "Gemensam lägesbild", WORDS),
    "agreements.purposes": lambda session, world: sign(session, world, WORDS, "Hela området"),
    "areas.name": import_area,
    **{f"causes.{part}": partial(analyse, part=part) for part in causes.PARTS},
    "cycles.location": set_cycle,
    "decisions.reason": lambda session, world: decide(session, world, "Vi börjar", WORDS),
    "decisions.words": lambda session, world: decide(session, world, WORDS),
    "deviation_history.changes": amend_text,
    "deviations.answers": register_answer,
    "deviations.reply": reply,
    "deviations.source": lambda session, world: import_row(session, world, WORDS, "1"),
    "deviations.source_ref": lambda session, world: import_row(session, world, "file.csv", PERSON),
    "deviations.text": lambda session, world: mark(session, world.acting(session, "officer"), text=WORDS),
    "effects.reason": freeze_card,
    "follow_ups.note": follow_up,
    "forums.name": found,
    "ground.name": import_ground,
    "measures.balancing": lambda session, world: propose(
        session, world, camera=True, review_on=date(2030, 1, 1), balancing=WORDS
    ),
    "measures.expected_long": lambda session, world: propose(session, world, expected_long=WORDS),
    "measures.expected_short": lambda session, world: propose(session, world, expected_short=WORDS),
    "measures.handed_to": lambda session, world: hand_over(session, world, WORDS, "1"),
    "measures.reference": lambda session, world: hand_over(session, world, "Felanmälan", WORDS),
    "measures.seen_by": lambda session, world: propose(session, world, seen_by=WORDS),
    "measures.spent_on": spend,
    "measures.title": lambda session, world: propose(session, world, title=WORDS),
    "imports.source": keep_file,
    "meetings.location": lambda session, world: plan(session, world, WORDS),
    "organisations.name": admit,
    "pictures.analysis": lambda session, world: freeze(session, world, analysis=WORDS),
    "pictures.other": lambda session, world: freeze(session, world, other=WORDS),
    "places.name": lambda session, world: make_place(session, world, WORDS),
    "steps.changes": rewrite_cause,
    "steps.reason": close_place,
    "surveys.publisher": lambda session, world: bring_figure(session, world, publisher=WORDS),
    "surveys.source": lambda session, world: bring_figure(session, world, source=WORDS),
    "surveys.topic": lambda session, world: bring_figure(session, world, topic=WORDS),
    "walks.name": walk,
    "views.name": lambda session, world: keep_view(session, world, WORDS, ""),
    "views.query": lambda session, world: keep_view(session, world, "Bänken", "q=En+man+med+19811218%2D9876"),
}
"""A verb for each column of free text that writes a person into it."""

STRUCTURED = {
    "gate_verdicts.criterion", "motions.casting", "motions.outcome", "votes.choice",  # closed lists
    "awards.votes", "editions.criteria", "editions.slug",  # counts; screened one by one; a pattern
    "nomination_keys.key", "nomination_keys.kind",  # digests, closed lists
    "contents.records",  # booleans by organisation, from the register
    "awards.evidence", "evidence.content", "evidence.kind",  # copied from rows that were screened; a closed list
    "nomination_letters.kind", "nomination_letters.status", "packs.content",  # closed lists, digests
    "nominators.email", "nominators.name",  # personal data, kept apart
    "nominations.language", "nominations.status",  # closed lists
    "offices.office", "ties.grade", "ties.proposed", "ties.ruling", "ties.step",  # closed lists
    "accounts.email", "accounts.language", "accounts.name",  # personal data, kept apart from the register
    "agenda_items.key", "agenda_items.reasons",  # rules, numbers of places, counts
    "agenda_items.status", "agenda_items.visibility", "cycles.every", "decisions.visibility",  # closed lists
    "areas.code", "areas.kind", "ground.kind",  # an official file's codes; kinds by a pattern
    "categories.code", "categories.en", "categories.fill", "categories.ink", "categories.letter",
    "categories.questions", "categories.shape", "categories.sv",  # the standard set: no verb writes them
    "calendars.key",  # a digest
    "changes.visibility",  # a closed list
    "contacts.email",  # personal data, kept apart from the register
    "credentials.key", "credentials.kind", "credentials.secret",  # digests and hashes
    "deviation_history.action", "deviation_history.visibility",  # closed lists
    "deviations.status", "deviations.visibility",
    "documents.audience", "documents.kind", "documents.language", "documents.status",  # closed lists
    "documents.wanted",  # dates and ids
    "failures.key",  # a digest of what was tried
    "forums.slug",  # by a pattern, part of an address
    "journal.action", "journal.chain", "journal.facts", "journal.thing_kind",  # ids, counts, codes
    "journal_heads.chain",
    "causes.visibility", "follow_ups.outcome", "measures.catalogue_code", "measures.cost", "measures.nature",
    "measures.status", "measures.visibility", "places.status", "places.visibility", "steps.action", "steps.thing_kind",
    "steps.visibility",  # closed lists
    "imports.counts", "imports.ending", "imports.status",  # counts, closed lists
    "imports.mapping",  # keeps the file company, a day at most; what it makes of the rows is screened
    "meetings.arrangement",  # keys of points that there are, numbers
    "meetings.status", "meetings.visibility", "minutes.audience", "minutes.form", "signatures.part",  # closed lists
    "letters.key", "letters.kind", "letters.status",  # ids and closed lists: a letter's words are kept nowhere
    "measure_links.delivery", "measure_links.key",  # a closed list, a digest
    "notices.kind", "notices.organisations",  # a closed list, ids
    "members.role", "organisations.kind",  # closed lists
    "methods.content",  # names of categories that are screened when it is offered, codes, counts
    "method_uses.added", "method_uses.taker", "method_uses.taker_slug",  # codes; what the forum was called
    "effects.audience", "effects.content",  # a closed list; numbers, counts and codes
    "adoptions.audience", "plans.audience", "plans.measure_ids",  # closed lists, ids
    "walk_checks.outcome",  # a closed list
    "surveys.area", "surveys.kind",  # the name of one of the forum's areas, a closed list
    "pictures.audience", "pictures.content",  # a closed list; counts, codes, dates and squares
    "nominations.joined",  # the organisations of another nomination, screened there
    "publications.content",  # counts, names of areas and categories, codes
    "quarantine.passages", "quarantine.row", "quarantine.source", "quarantine.source_ref",  # held outside the register
}  # fmt: skip
"""Every other column of words, reviewed: it holds no free text, or none of the register."""
WORDED = text(
    "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'xml', 'ARRAY') "
    "AND table_name NOT IN ('alembic_version', 'spatial_ref_sys', 'geography_columns', 'geometry_columns')"
)


def free_text_columns() -> set[str]:
    return {f"{t.name}.{c.name}" for t in ALL.values() for c in t.columns if c.info.get("free_text")}


def test_every_column_of_words_is_free_text_with_a_probe_or_was_reviewed(superuser: Engine) -> None:
    with superuser.connect() as connection:
        worded = set(connection.scalars(WORDED))
    assert free_text_columns() == set(PROBES)
    assert worded == set(PROBES) | STRUCTURED
    assert not set(PROBES) & STRUCTURED


@pytest.mark.parametrize("column", PROBES)
def test_a_person_is_refused_and_stands_nowhere(session: Session, lasting: World, column: str) -> None:
    with pytest.raises(PersonFound) as refused:
        PROBES[column](session, lasting)
    assert refused.value.value == PERSON
    assert refused.value.remedy
    session.flush()
    lasting.acting(session, "administrator")
    for table in ("deviations", "deviation_history", "agreements", "organisations", "journal", "areas", "ground"):
        words = session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t")) or ""
        assert PERSON not in words, table

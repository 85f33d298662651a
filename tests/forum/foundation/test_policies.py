"""Every row policy: what it lets through and what it holds back, and that its absence is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation.audience import Audience
from forum.foundation.rights import NOBODY, OPERATOR, Principal, become
from tests.story import Story, build_story


@dataclass(frozen=True)
class Ask:
    """A statement in somebody's name: it touches rows, or it touches none."""

    who: str
    statement: str
    audience: Audience | None = None

    def touches(self, session: Session, story: Story) -> int:
        """Return how many rows it reads or writes; a refusal of the policies is none."""
        become(session, self._principal(story))
        try:
            result: Any = session.execute(text(self.statement), _values(story))
            return int(result.rowcount)
        except ProgrammingError as error:
            if "row-level security policy" not in str(error):
                raise
            return 0

    def _principal(self, story: Story) -> Principal:
        others = {
            "link": story.linked(),
            "nominating": story.nominating(),
            "edition": story.serving(),
            **story.jurors(),
        }
        if self.who in others:
            return others[self.who]
        if self.who in {"nobody", "operator"}:
            return OPERATOR if self.who == "operator" else NOBODY
        if self.who == "system":
            return Principal(system=story.farsta.forum_id)
        if self.who == "neighbour":
            return Principal(story.rinkeby.accounts["administrator"], story.rinkeby.members["administrator"])
        return story.principal(self.who, audience=self.audience)


@dataclass(frozen=True)
class Probe:
    """What a policy must let through, and what nothing but this policy holds back."""

    lets: tuple[Ask, ...]
    holds: tuple[Ask, ...]


DEVIATION = (
    "INSERT INTO deviations (forum_id, nr, organisation_id, registered_by_id, client_id, request_digest, category_id, "
    "geom, accuracy_m, occurred_from, occurred_to, visibility) "
    "VALUES (:farsta, 999, {by}, {by}, gen_random_uuid(), '', :category, "
    "ST_SetSRID(ST_MakePoint(18.1, 59.24), 4326), 1, now(), now(), '{visibility}')"
)
LINE = (
    "INSERT INTO deviation_history (forum_id, deviation_id, version, action, visibility) "
    "VALUES (:farsta, :row_{row}, 99, 'x', 'forum')"
)
ENTRY = (
    "INSERT INTO journal (chain, seq, at, member_id, action, thing_kind, facts, mac) "
    "VALUES (cast(:farsta AS text), 999999, now(), {member}, 'x', 'x', '{{}}', '')"
)
ORGANISATION = "INSERT INTO organisations (forum_id, name, kind) VALUES (:farsta, 'Ny', 'other')"
MEMBER = (
    "INSERT INTO members (forum_id, account_id, organisation_id, role) "
    "VALUES (:farsta, :account_of_the_neighbour, :organisation_polisen, 'reader')"
)
AGREEMENT = (
    "INSERT INTO agreements (forum_id, organisation_id, purposes, areas, valid_from) "
    "VALUES (:farsta, :organisation_skolan, 'x', 'x', '2020-01-01')"
)
CATEGORY = (
    "INSERT INTO categories (forum_id, code, letter, shape, fill, ink, sv, en, radius_m, hours, position) "
    "VALUES (:farsta, 'ny', 'N', 'x', 'x', 'x', 'x', 'x', 1, 1, 1)"
)
CREDENTIAL = "INSERT INTO credentials (account_id, kind, key) VALUES (:account_{of}, '{kind}', 'x')"
AREA = (
    "INSERT INTO areas (kind, name, geom) "
    "VALUES ('x', 'x', ST_Multi(ST_SetSRID(ST_MakeEnvelope(18, 59, 18.1, 59.1), 4326)))"
)
GROUND = "INSERT INTO ground (kind, geom, digest) VALUES ('x', ST_SetSRID(ST_MakePoint(18, 59), 4326), '')"
FORUM_AREA = "INSERT INTO forum_areas (forum_id, area_id) SELECT :farsta, :area_of_the_neighbour"
VIEW = "INSERT INTO views (forum_id, member_id, name, query, shared) VALUES (:farsta, :member_{of}, 'x', '', {shared})"
PLACE = (
    "INSERT INTO places (forum_id, nr, name, geom, radius_m, visibility, organisation_id) VALUES (:farsta, 1, 'x', "
    "ST_SetSRID(ST_MakePoint(18.1, 59.24), 4326), 1, '{visibility}', :organisation_polisen)"
)
PLACE_LINK = (
    "INSERT INTO place_links (forum_id, place_id, deviation_id, here, organisation_id) "
    "VALUES (:farsta, :place_{place}, :row_{row}, true, :organisation_polisen)"
)
STEP = (
    "INSERT INTO steps (forum_id, thing_kind, thing_id, version, action, visibility) "
    "VALUES (:farsta, 'place', gen_random_uuid(), 9, 'x', 'forum')"
)
CAUSE = (
    "INSERT INTO causes (forum_id, place_id, organisation_id, visibility) "
    "VALUES (:farsta, :place_bare, :organisation_polisen, '{visibility}')"
)
MEASURE = (
    "INSERT INTO measures (forum_id, nr, place_id, organisation_id, owner_id, title, nature, due_on, visibility) "
    "VALUES (:farsta, 1, :place_forum, :organisation_{by}, :organisation_polisen, 'x', 'social', '2030-01-01', "
    "'{visibility}')"
)
ANSWERED = (
    "INSERT INTO measure_deviations (forum_id, measure_id, deviation_id) "
    "VALUES (:farsta, :measure_{measure}, :row_{row})"
)
PICTURE = (
    "INSERT INTO pictures (forum_id, organisation_id, audience, first_day, end_day, content, other, analysis, salt, "
    "hash, frozen_at) VALUES (:farsta, :organisation_{by}, '{audience}', '2023-07-01', '2023-08-01', '{{}}', 'x', "
    "'x', '', sha256(''), now())"
)
EFFECT = (
    "INSERT INTO effects (forum_id, organisation_id, measure_id, audience, months, content, reason, salt, hash, made_at"
    ") VALUES (:farsta, :organisation_{by}, :measure_{of}, '{audience}', 3, '{{}}', '', '', sha256(''), now())"
)
PUBLICATION = (
    "INSERT INTO publications (forum_id, month, content, hash, made_at) VALUES (:farsta, '2020-01-01', '{}', "
    "sha256(''), now())"
)
OURS = "stadsdelsförvaltningen"
WALK = "INSERT INTO walks (forum_id, organisation_id, name, starts_at) VALUES (:farsta, :organisation_{by}, 'x', now())"
WALKED = (
    "INSERT INTO walk_people (forum_id, walk_id, organisation_id, people) VALUES (:farsta, :walk, "
    ":organisation_skolan, 1)"
)
WALK_POINT = (
    "INSERT INTO walk_points (forum_id, walk_id, position, deviation_id, owner_id) "
    "VALUES (:farsta, :walk, 9, :row_{row}, :organisation_polisen)"
)
WALK_CHECK = (
    "INSERT INTO walk_checks (forum_id, walk_id, point_id, outcome) VALUES (:farsta, :{walk}, :walked_forum, 'same')"
)
SURVEY = (
    "INSERT INTO surveys (forum_id, kind, source, publisher, topic, area, year, count) "
    "VALUES (:farsta, 'reported', 'x', 'x', 'x', 'x', 2020, 1)"
)
PLAN = (
    "INSERT INTO plans (forum_id, organisation_id, picture_id, audience, measure_ids, hash, made_at) VALUES (:farsta, "
    ":organisation_{by}, :{on}, '{audience}', ARRAY[gen_random_uuid()], sha256(''), now())"
)
ADOPTION = (
    "INSERT INTO adoptions (forum_id, organisation_id, audience, {of}_id, on_day, reference, salt, hash, at) VALUES "
    "(:farsta, :organisation_{by}, '{audience}', :{thing}, '2030-01-01', 'x', '', sha256(''), now())"
)
CYCLE = (
    "INSERT INTO cycles (forum_id, every, weekday, week, first_day, at, minutes, chair_id) VALUES (:farsta, 'week', 1, "
    "1, '2023-01-01', '09:00', 60, :organisation_polisen) ON CONFLICT (forum_id) DO UPDATE SET minutes = 60"
)
MEETING = (
    "INSERT INTO meetings (forum_id, nr, day, starts_at, minutes, chair_id, organisation_id) VALUES (:farsta, 99, "
    "'2030-01-01', '2030-01-01', 60, :organisation_polisen, :organisation_{by})"
)
ATTENDANCE = (
    "INSERT INTO attendance (forum_id, meeting_id, organisation_id, people) VALUES (:farsta, :meeting_now, {of}, 1)"
)
ITEM = (
    "INSERT INTO agenda_items (forum_id, meeting_id, key, position, minutes, title, organisation_id, visibility) "
    "VALUES (:farsta, :meeting_now, 'x', 9, 5, 'x', :organisation_{by}, '{visibility}')"
)
DECISION = (
    "INSERT INTO decisions (forum_id, meeting_id, item_id, nr, words, organisation_id, visibility) "
    "VALUES (:farsta, :meeting_{meeting}, :item_forum, 9, 'x', :organisation_{by}, '{visibility}')"
)
SIGNATURE = (
    "INSERT INTO signatures (forum_id, meeting_id, part, member_id, organisation_id) "
    "VALUES (:farsta, :meeting_now, 'wrote', :member_{by}, :organisation_{of})"
)
MINUTES = (
    "INSERT INTO minutes (forum_id, meeting_id, audience, form, content, hash, sealed_at) "
    "VALUES (:farsta, :meeting_{meeting}, 'forum', 'html', 'x', sha256('x'), now())"
)
FOLLOW_UP = (
    "INSERT INTO follow_ups (forum_id, measure_id, organisation_id, on_day, outcome, note) "
    "VALUES (:farsta, :measure_{measure}, :organisation_{by}, '2023-01-01', 'works', 'x')"
)
IMPORT = (
    "INSERT INTO imports (forum_id, organisation_id, member_id, partner_id, source, ending, length, skip_bad, trial) "
    "VALUES (:farsta, :organisation_{of}, :member_{by}, :organisation_polisen, 'x', '.csv', 1, false, false)"
)
DOCUMENT = (
    "INSERT INTO documents (forum_id, member_id, kind, audience, language, wanted) "
    "VALUES (:farsta, :member_{by}, 'picture', '{audience}', 'sv', '{{}}')"
)
PRINTED = "UPDATE documents SET status = 'working' WHERE forum_id = :farsta"
CONTACT = "INSERT INTO contacts (organisation_id, forum_id, email) VALUES (:organisation_polisen, :farsta, 'x@x.se')"
LINK = (
    "INSERT INTO measure_links (forum_id, measure_id, organisation_id, asked_by_id, expires_on, ended_at) "
    "VALUES (:farsta, :measure_{measure}, :organisation_polisen, :organisation_{by}, '2030-01-01', now())"
)
LETTER = (
    "INSERT INTO letters (forum_id, kind, key, organisation_id) VALUES (:farsta, 'link', 'y', :organisation_polisen)"
)
NOTICE = (
    "INSERT INTO notices (forum_id, kind, measure_id, organisations, leaders) "
    "VALUES (:farsta, 'declined', :measure_{measure}, '{{}}', true)"
)
READ_BY = "INSERT INTO notice_reads (notice_id, member_id, forum_id) SELECT :notice, :member_{of}, :farsta"
SUBSCRIPTION = "INSERT INTO subscriptions (member_id, forum_id) VALUES (:member_{of}, :farsta)"
CALENDAR = "INSERT INTO calendars (member_id, forum_id, key) VALUES (:member_{of}, :farsta, 'x')"
LINKED_STEP = (
    "INSERT INTO steps (forum_id, thing_kind, thing_id, version, action, organisation_id, visibility) "
    "VALUES (:farsta, 'measure', :measure_{measure}, 9, 'x', :organisation_{by}, 'forum')"
)
LINKED_ENTRY = (
    "INSERT INTO journal (chain, seq, at, member_id, action, thing_kind, thing_id, facts, mac) "
    "VALUES (cast(:farsta AS text), 999999, now(), {member}, 'x', 'x', :measure_{measure}, '{{}}', '')"
)
HELD = (
    "INSERT INTO quarantine (forum_id, organisation_id, source, source_ref, row, passages) "
    "VALUES (:farsta, :organisation_skolan, 'x', 'x', '{}', '[]')"
)
QUARANTINE = "SELECT 1 FROM quarantine WHERE forum_id = :farsta"


def one(table: str, where: str) -> str:
    return f"SELECT 1 FROM {table} WHERE {where}"


def row(name: str) -> str:
    return one("deviations", f"id = :row_{name}")


def change(visibility: str, organisation: str | None = None) -> str:
    whose = f"organisation_id = :organisation_{organisation}" if organisation else "organisation_id IS NULL"
    return one("changes", f"forum_id = :farsta AND visibility = '{visibility}' AND {whose}")


def of_forum(table: str) -> str:
    return one(table, "forum_id = :farsta")


def forum_read(table: str) -> Probe:
    """Read by every member and the operator, and by no other forum."""
    return Probe(
        lets=(Ask("teacher", of_forum(table)), Ask("operator", of_forum(table))),
        holds=(Ask("neighbour", of_forum(table)), Ask("nobody", of_forum(table))),
    )


def by_administrator(statement: str, *others: str) -> Probe:
    """Done by the forum's administrator and by no other member."""
    return Probe(
        lets=(Ask("administrator", statement), *(Ask(who, statement) for who in others)),
        holds=(Ask("coordinator", statement), Ask("neighbour", statement), Ask("nobody", statement)),
    )


def by_operator(statement: str) -> Probe:
    """Done by the operator and by no member."""
    return Probe((Ask("operator", statement),), (Ask("administrator", statement), Ask("nobody", statement)))


def of_work(table: str, kind: str) -> Probe:
    """Read by whoever sees its visibility, and by no other forum."""
    return Probe(
        lets=(Ask("teacher", work(table, f"{kind}_forum")), Ask("officer", work(table, f"{kind}_authorities"))),
        holds=(
            Ask("landlord", work(table, f"{kind}_authorities")),
            Ask("neighbour", work(table, f"{kind}_forum")),
            Ask("nobody", work(table, f"{kind}_forum")),
        ),
    )


def of_audience(table: str, kind: str) -> Probe:
    """Left out where not the whole audience may see it."""
    return Probe(
        lets=(
            Ask("officer", work(table, f"{kind}_authorities"), Audience.AUTHORITIES),
            Ask("officer", work(table, f"{kind}_forum"), Audience.FORUM),
        ),
        holds=(Ask("officer", work(table, f"{kind}_authorities"), Audience.FORUM),),
    )


def work(table: str, name: str) -> str:
    return one(table, f"id = :{name}")


def by_members(table: str) -> Probe:
    """Read by all of the forum's members, and by nobody else."""
    return Probe(
        lets=(Ask("teacher", of_forum(table)), Ask("landlord", of_forum(table))),
        holds=(Ask("neighbour", of_forum(table)), Ask("operator", of_forum(table)), Ask("nobody", of_forum(table))),
    )


def by_leaders(statement: str, *hidden: str) -> Probe:
    """Done by those who lead, to what they may see."""
    return Probe(
        lets=tuple(Ask(who, said) for who in ("coordinator", "administrator") for said in (statement, *hidden)),
        holds=(Ask("officer", statement), Ask("teacher", statement), Ask("neighbour", statement)),
    )


def changed_by_leaders(table: str, column: str, kind: str) -> Probe:
    """Changed by those who lead; a change without a condition reads nothing and touches nobody else's rows either."""
    change = f"UPDATE {table} SET {column} = 'y'"
    return Probe(
        lets=(Ask("administrator", f"{change} WHERE id = :{kind}_forum"), Ask("coordinator", change)),
        holds=(Ask("officer", change), Ask("teacher", change), Ask("neighbour", change), Ask("operator", change)),
    )


EDITION = (
    "INSERT INTO editions (slug, name, year, opens_on, closes_on, assess_from, assess_until, ceremony_at) VALUES "
    "('ny', 'x', 2030, '2030-01-01', '2030-01-02', '2030-01-03', '2030-01-04', '2030-02-01')"
)
OFFICE = (
    "INSERT INTO offices (edition_id, account_id, office, organisation, appointed_by_id) "
    "VALUES (:edition, :account_officer, '{office}', 'x', {by})"
)
NOMINATION = "INSERT INTO nominations (edition_id, nr, account_id) VALUES (:edition, 9, {account})"
NOMINATION_KEY = "INSERT INTO nomination_keys VALUES ('x', :edition, :nomination_lights, 'letter', now())"
TIE = (
    "INSERT INTO ties (edition_id, nomination_id, office_id, step, grade, proposed, by_id) "
    "VALUES (:edition, :nomination_{on}, :office_{whose}, '{step}', 'none', 'none', :office_{by})"
)
AWARD = (
    "INSERT INTO awards (edition_id, nomination_id, motion_id, citation, votes, decided_by_id, hash, set_aside_at) "
    "VALUES (:edition, {on}, {motion}, 'x', '{{}}', :office_{by}, sha256(''), now())"
)
GATE = (
    "INSERT INTO gate_verdicts (edition_id, nomination_id, criterion, met, reason, by_id) "
    "VALUES (:edition, :nomination_lights, 'x', true, 'x', :office_{by})"
)
ASSESSMENT = (
    "INSERT INTO assessments (edition_id, nomination_id, office_id) VALUES (:edition, :nomination_{on}, :office_{by})"
)
NOTES = (
    "INSERT INTO assessment_notes (edition_id, nomination_id, office_id, words) "
    "VALUES (:edition, :nomination_lights, :office_{by}, 'x')"
)
PROTOCOL = (
    "INSERT INTO protocol_lines (edition_id, nomination_id, by_id, words) VALUES (:edition, {on}, :office_{by}, 'x')"
)
MOTION = (
    "INSERT INTO motions (edition_id, nomination_id, by_id, closed_at) "
    "VALUES (:edition, :nomination_{on}, :office_{by}, now())"
)
VOTE = (
    "INSERT INTO votes (edition_id, nomination_id, motion_id, office_id, choice) "
    "VALUES (:edition, :nomination_{on}, :motion_{motion}, :office_{by}, 'yes')"
)
WHY = (
    "INSERT INTO award_reasons (edition_id, nomination_id, words, by_id) "
    "VALUES (:edition, :nomination_lights, 'x', :office_{by})"
)
OF_LIGHTS = "nomination_id = :nomination_lights"
IN_EDITION = (
    "INSERT INTO journal (chain, seq, at, member_id, action, thing_kind, facts, mac) "
    "VALUES (cast(:edition AS text), 999999, now(), {by}, 'x', 'x', '{{}}', '')"
)

CONTENT = "INSERT INTO contents (edition_id, nomination_id) VALUES (:edition, :nomination_{of})"
NOMINATOR = (
    "INSERT INTO nominators (edition_id, nomination_id, name, email) VALUES (:edition, :nomination_{of}, 'x', 'x@y.se')"
)
EVIDENCE = (
    "INSERT INTO evidence (edition_id, nomination_id, nr, kind, title, source_id, hash) "
    "VALUES (:edition, :nomination_{of}, 9, 'decision', 'x', gen_random_uuid(), sha256(''))"
)
PACK = (
    "INSERT INTO packs (edition_id, nomination_id, nr, content, salt, hash, sealed_at) "
    "VALUES (:edition, :nomination_{of}, 9, '{{}}', '', sha256(''), now())"
)
SUPPLEMENT = (
    "INSERT INTO supplements (edition_id, nomination_id, words, last_day, asked_by_id) "
    "VALUES (:edition, :nomination_{of}, 'x', current_date, :office_{by})"
)
SUPPLIED = "UPDATE supplements SET answer = 'x', answered_at = now() WHERE nomination_id = :nomination_football"
PRIZE_LETTER = (
    "INSERT INTO nomination_letters (id, edition_id, nomination_id, kind) "
    "VALUES (gen_random_uuid(), :edition, :nomination_{of}, 'confirm')"
)


def opened(table: str, *held: Ask) -> Probe:
    """Return what shows that a table opens after the ruling and to its nominator, and to nobody else ever."""
    lights, football = (one(table, f"nomination_id = :nomination_{name}") for name in ("lights", "football"))
    return Probe(
        lets=(
            Ask("juror", lights),
            Ask("teacher", lights),
            Ask("nominating", football),
        ),
        holds=(
            Ask("nobody", one(table, "edition_id <> :edition")),
            Ask("police_juror", lights),
            Ask("substitute", lights),
            Ask("coordinator", lights),
            Ask("nominating", lights),
            Ask("nobody", lights),
            Ask("operator", lights),
            Ask("edition", lights),
            *held,
        ),
    )


def written(statement: str) -> Probe:
    """Return what shows that a draft is written on by its nominator alone, and by nobody once it is sent in."""
    return Probe(
        lets=(Ask("draft_nominator", statement.format(of="draft")),),
        holds=(
            Ask("nominating", statement.format(of="football")),
            Ask("teacher", statement.format(of="lights")),
            Ask("secretary", statement.format(of="lights")),
        ),
    )


METHOD = (
    "INSERT INTO methods (forum_id, organisation_id, edition_id, nomination_id, name, about, content, salt, hash, "
    "offered_at) VALUES (:farsta, :organisation_{by}, {of}, 'x', '', '{{}}', '', sha256(''), now())"
)
METHOD_END = "UPDATE methods SET ended_at = now() WHERE id = :method_offered"
METHOD_USES = "SELECT 1 FROM method_uses WHERE origin_id = :farsta"
METHOD_USE = (
    "INSERT INTO method_uses (forum_id, organisation_id, method_id, origin_id, taker, taker_slug, cycle, taken_at) "
    "VALUES (:rinkeby, :city_of_rinkeby, :method_won, :farsta, 'x', 'x', false, now())"
)

PROBES: dict[str, Probe] = {
    "editions.editions_read": Probe(
        lets=(
            Ask("nobody", one("editions", "id = :edition")),
            Ask("operator", one("editions", "slug = 'utkast'")),
            Ask("draft_secretary", one("editions", "slug = 'utkast'")),
        ),
        holds=(Ask("nobody", one("editions", "slug = 'utkast'")), Ask("chair", one("editions", "slug = 'utkast'"))),
    ),
    "editions.editions_create": by_operator(EDITION),
    "editions.editions_change": Probe(
        lets=(
            Ask("secretary", "UPDATE editions SET stopped_for = 'x' WHERE id = :edition"),
            Ask("operator", "UPDATE editions SET stopped_for = 'x' WHERE id = :edition"),
        ),
        holds=(
            Ask("juror", "UPDATE editions SET stopped_for = 'x' WHERE id = :edition"),
            Ask("nobody", "UPDATE editions SET stopped_for = 'x' WHERE id = :edition"),
        ),
    ),
    "offices.offices_read": Probe(
        lets=(
            Ask("juror", one("offices", "id = :office_chair")),
            Ask("operator", one("offices", "id = :office_chair")),
        ),
        holds=(
            Ask("teacher", one("offices", "id = :office_chair")),
            Ask("nominating", one("offices", "id = :office_chair")),
        ),
    ),
    "offices.offices_appoint": Probe(
        lets=(
            Ask("chair", OFFICE.format(office="juror", by=":office_chair")),
            Ask("deputy", OFFICE.format(office="substitute", by=":office_deputy")),
            Ask("operator", OFFICE.format(office="juror", by="NULL")),
        ),
        holds=(
            Ask("deputy", OFFICE.format(office="juror", by=":office_deputy")),
            Ask("juror", OFFICE.format(office="juror", by=":office_juror")),
            Ask("secretary", OFFICE.format(office="juror", by=":office_chair")),
            Ask("administrator", OFFICE.format(office="juror", by="NULL")),
        ),
    ),
    "offices.offices_change": Probe(
        lets=(Ask("chair", "UPDATE offices SET ended_at = now() WHERE id = :office_juror"),),
        holds=(
            Ask("secretary", "UPDATE offices SET ended_at = now() WHERE id = :office_juror"),
            Ask("juror", "UPDATE offices SET called_in_at = now() WHERE id = :office_substitute"),
        ),
    ),
    "nominations.nominations_read": Probe(
        lets=(
            Ask("police_juror", one("nominations", "id = :nomination_lights")),
            Ask("teacher", one("nominations", "id = :nomination_lights")),
            Ask("nominating", one("nominations", "id = :nomination_football")),
            Ask("edition", one("nominations", "id = :nomination_football")),
        ),
        holds=(
            Ask("nobody", one("nominations", "id = :nomination_lights")),
            Ask("coordinator", one("nominations", "id = :nomination_lights")),
            Ask("nominating", one("nominations", "id = :nomination_lights")),
            Ask("operator", one("nominations", "id = :nomination_lights")),
        ),
    ),
    "nominations.nominations_start": Probe(
        lets=(Ask("teacher", NOMINATION.format(account=":account_teacher")),),
        holds=(
            Ask("teacher", NOMINATION.format(account=":account_officer")),
            Ask("nobody", NOMINATION.format(account="NULL")),
        ),
    ),
    "nominations.nominations_throw_away": Probe(
        lets=(Ask("draft_nominator", "DELETE FROM nominations WHERE id = :nomination_second_draft"),),
        holds=(
            Ask("nominating", "DELETE FROM nominations WHERE id = :nomination_football"),
            Ask("secretary", "DELETE FROM nominations WHERE id = :nomination_football"),
        ),
    ),
    "nominations.nominations_change": Probe(
        lets=(
            Ask("teacher", "UPDATE nominations SET title = 'x' WHERE id = :nomination_lights"),
            Ask("nominating", "UPDATE nominations SET title = 'x' WHERE id = :nomination_football"),
            Ask("secretary", "UPDATE nominations SET status = 'complete' WHERE id = :nomination_lights"),
        ),
        holds=(
            Ask("chair", "UPDATE nominations SET status = 'complete' WHERE id = :nomination_lights"),
            Ask("police_juror", "UPDATE nominations SET title = 'x' WHERE id = :nomination_lights"),
        ),
    ),
    "nomination_keys.nomination_keys_make": Probe(
        lets=(Ask("edition", NOMINATION_KEY),),
        holds=(Ask("nobody", NOMINATION_KEY), Ask("secretary", NOMINATION_KEY), Ask("teacher", NOMINATION_KEY)),
    ),
    "contents.contents_read": opened("contents"),
    "contents.contents_make": Probe(
        lets=(Ask("draft_nominator", CONTENT.format(of="second_draft")),),
        holds=(
            Ask("secretary", CONTENT.format(of="second_draft")),
            Ask("teacher", CONTENT.format(of="second_draft")),
            Ask("nominating", CONTENT.format(of="second_draft")),
        ),
    ),
    "contents.contents_change": written("UPDATE contents SET problem = 'x' WHERE nomination_id = :nomination_{of}"),
    "nominators.nominators_read": Probe(
        lets=tuple(
            Ask(who, one("nominators", "nomination_id = :nomination_football")) for who in ("nominating", "edition")
        ),
        holds=tuple(
            Ask(who, one("nominators", "nomination_id = :nomination_football"))
            for who in ("secretary", "chair", "nobody")
        ),
    ),
    "nominators.nominators_make": Probe(
        lets=(Ask("draft_nominator", NOMINATOR.format(of="draft")),),
        holds=(Ask("secretary", NOMINATOR.format(of="draft")), Ask("edition", NOMINATOR.format(of="draft"))),
    ),
    "nominators.nominators_change": Probe(
        lets=(
            Ask("draft_nominator", "UPDATE nominators SET name = 'y' WHERE nomination_id = :nomination_second_draft"),
        ),
        holds=(
            Ask("edition", "UPDATE nominators SET name = 'y' WHERE nomination_id = :nomination_second_draft"),
            Ask("nominating", "UPDATE nominators SET name = 'y' WHERE nomination_id = :nomination_football"),
        ),
    ),
    "evidence.evidence_read": opened("evidence", Ask("nobody", one("evidence", "kind = 'document'"))),
    "evidence.evidence_add": Probe(
        lets=(Ask("draft_nominator", EVIDENCE.format(of="draft")),),
        holds=(
            Ask("nominating", EVIDENCE.format(of="football")),
            Ask("secretary", EVIDENCE.format(of="lights")),
            Ask("teacher", EVIDENCE.format(of="draft")),
        ),
    ),
    "evidence.evidence_remove": Probe(
        lets=(Ask("draft_nominator", "DELETE FROM evidence WHERE nomination_id = :nomination_second_draft"),),
        holds=(
            Ask("nominating", "DELETE FROM evidence WHERE nomination_id = :nomination_football"),
            Ask("secretary", "DELETE FROM evidence WHERE nomination_id = :nomination_football"),
        ),
    ),
    "packs.packs_read": Probe(
        lets=tuple(
            Ask(who, one("packs", "nomination_id = :nomination_football")) for who in ("juror", "nominating", "edition")
        ),
        holds=(
            Ask("police_juror", one("packs", "nomination_id = :nomination_lights")),
            Ask("nobody", one("packs", "true")),
            Ask("coordinator", one("packs", "true")),
        ),
    ),
    "packs.packs_seal": Probe(
        lets=(Ask("nominating", PACK.format(of="football")),),
        holds=(Ask("secretary", PACK.format(of="football")), Ask("nominating", PACK.format(of="lights"))),
    ),
    "supplements.supplements_read": Probe(
        lets=tuple(
            Ask(who, one("supplements", "nomination_id = :nomination_football")) for who in ("juror", "nominating")
        ),
        holds=tuple(
            Ask(who, one("supplements", "nomination_id = :nomination_football"))
            for who in ("substitute", "teacher", "edition", "nobody")
        ),
    ),
    "supplements.supplements_ask": Probe(
        lets=(Ask("secretary", SUPPLEMENT.format(of="lights", by="secretary")),),
        holds=(
            Ask("chair", SUPPLEMENT.format(of="lights", by="chair")),
            Ask("secretary", SUPPLEMENT.format(of="draft", by="secretary")),
            Ask("secretary", SUPPLEMENT.format(of="lights", by="chair")),
        ),
    ),
    "supplements.supplements_answer": Probe(
        lets=(Ask("nominating", SUPPLIED),),
        holds=(Ask("secretary", SUPPLIED), Ask("juror", SUPPLIED)),
    ),
    "nomination_letters.nomination_letters_read": Probe(
        lets=(Ask("edition", one("nomination_letters", "edition_id = :edition")),),
        holds=tuple(Ask(who, one("nomination_letters", "true")) for who in ("secretary", "nominating", "nobody")),
    ),
    "nomination_letters.nomination_letters_write": Probe(
        lets=(
            Ask("nominating", PRIZE_LETTER.format(of="football")),
            Ask("secretary", PRIZE_LETTER.format(of="lights")),
            Ask("edition", PRIZE_LETTER.format(of="lights").replace("confirm", "outcome")),
        ),
        holds=(
            Ask("edition", PRIZE_LETTER.format(of="lights")),
            Ask("chair", PRIZE_LETTER.format(of="lights")),
            Ask("nominating", PRIZE_LETTER.format(of="lights")),
            Ask("nobody", PRIZE_LETTER.format(of="lights")),
        ),
    ),
    "nomination_letters.nomination_letters_settle": Probe(
        lets=(Ask("edition", "UPDATE nomination_letters SET status = 'sent'"),),
        holds=(
            Ask("secretary", "UPDATE nomination_letters SET status = 'sent'"),
            Ask("nominating", "UPDATE nomination_letters SET status = 'sent'"),
        ),
    ),
    "ties.ties_read": Probe(
        lets=(
            Ask("juror", one("ties", "nomination_id = :nomination_lights AND office_id = :office_police_juror")),
            Ask("police_juror", one("ties", "nomination_id = :nomination_lights AND office_id = :office_police_juror")),
        ),
        holds=(
            Ask("police_juror", one("ties", "nomination_id = :nomination_lights AND office_id = :office_chair")),
            Ask("substitute", one("ties", "nomination_id = :nomination_lights AND office_id = :office_chair")),
            Ask("teacher", one("ties", "nomination_id = :nomination_lights")),
            Ask("nobody", one("ties", "nomination_id = :nomination_lights")),
        ),
    ),
    "ties.ties_write": Probe(
        lets=(
            Ask("juror", TIE.format(on="lights", whose="juror", step="declared", by="juror")),
            Ask("chair", TIE.format(on="lights", whose="juror", step="ruled", by="chair")),
        ),
        holds=(
            Ask("juror", TIE.format(on="lights", whose="chair", step="ruled", by="juror")),
            Ask("juror", TIE.format(on="lights", whose="juror", step="ruled", by="juror")),
            Ask("police_juror", TIE.format(on="lights", whose="police_juror", step="ruled", by="chair")),
            Ask("secretary", TIE.format(on="lights", whose="juror", step="ruled", by="secretary")),
        ),
    ),
    "awards.awards_read": Probe(
        lets=(
            Ask("juror", one("awards", "nomination_id = :nomination_lights")),
            Ask("nobody", one("awards", "citation = 'given'")),
            Ask("edition", one("awards", "nomination_id = :nomination_lights")),
        ),
        holds=(
            Ask("police_juror", one("awards", "nomination_id = :nomination_lights")),
            Ask("teacher", one("awards", "nomination_id = :nomination_lights")),
            Ask("nobody", one("awards", "nomination_id = :nomination_lights")),
            Ask("operator", one("awards", "nomination_id = :nomination_lights")),
        ),
    ),
    "awards.awards_decide": Probe(
        lets=(Ask("chair", AWARD.format(on=":nomination_lights", motion=":motion_lights", by="chair")),),
        holds=(
            Ask("juror", AWARD.format(on=":nomination_lights", motion=":motion_lights", by="juror")),
            Ask("secretary", AWARD.format(on=":nomination_lights", motion=":motion_lights", by="secretary")),
            Ask("deputy", AWARD.format(on=":nomination_lights", motion=":motion_lights", by="deputy")),
            Ask("chair", AWARD.format(on=":nomination_football", motion=":motion_football", by="chair")),
            Ask("chair", AWARD.format(on=":nomination_football", motion="NULL", by="chair")),
        ),
    ),
    "gate_verdicts.gate_verdicts_read": Probe(
        lets=(Ask("juror", one("gate_verdicts", OF_LIGHTS)),),
        holds=(
            Ask("police_juror", one("gate_verdicts", OF_LIGHTS)),
            Ask("substitute", one("gate_verdicts", OF_LIGHTS)),
            Ask("teacher", one("gate_verdicts", OF_LIGHTS)),
            Ask("operator", one("gate_verdicts", OF_LIGHTS)),
        ),
    ),
    "gate_verdicts.gate_verdicts_write": Probe(
        lets=(Ask("secretary", GATE.format(by="secretary")),),
        holds=(
            Ask("chair", GATE.format(by="chair")),
            Ask("juror", GATE.format(by="juror")),
            Ask("secretary", GATE.format(by="chair")),
            Ask("police_juror", GATE.format(by="police_juror")),
        ),
    ),
    "assessments.assessments_read": Probe(
        lets=(Ask("juror", one("assessments", OF_LIGHTS)),),
        holds=(
            Ask("juror", one("assessments", "office_id = :office_deputy")),
            Ask("chair", one("assessments", OF_LIGHTS)),
            Ask("secretary", one("assessments", OF_LIGHTS)),
            Ask("police_juror", one("assessments", OF_LIGHTS)),
            Ask("teacher", one("assessments", OF_LIGHTS)),
        ),
    ),
    "assessments.assessments_begin": Probe(
        lets=(Ask("chair", ASSESSMENT.format(on="lights", by="chair")),),
        holds=(
            Ask("county", ASSESSMENT.format(on="lights", by="chair")),
            Ask("secretary", ASSESSMENT.format(on="lights", by="secretary")),
            Ask("police_juror", ASSESSMENT.format(on="lights", by="police_juror")),
            Ask("substitute", ASSESSMENT.format(on="lights", by="substitute")),
        ),
    ),
    "assessments.assessments_change": Probe(
        lets=(Ask("deputy", "UPDATE assessments SET version = 9 WHERE office_id = :office_deputy"),),
        holds=(Ask("juror", "UPDATE assessments SET version = version WHERE office_id = :office_county"),),
    ),
    "assessment_notes.assessment_notes_own": Probe(
        lets=(Ask("juror", one("assessment_notes", OF_LIGHTS)), Ask("county", NOTES.format(by="county"))),
        holds=(
            Ask("chair", one("assessment_notes", OF_LIGHTS)),
            Ask("secretary", one("assessment_notes", OF_LIGHTS)),
            Ask("operator", one("assessment_notes", OF_LIGHTS)),
            Ask("police_juror", NOTES.format(by="police_juror")),
        ),
    ),
    "protocol_lines.protocol_lines_read": Probe(
        lets=(
            Ask("juror", one("protocol_lines", OF_LIGHTS)),
            Ask("police_juror", one("protocol_lines", "nomination_id IS NULL")),
        ),
        holds=(
            Ask("police_juror", one("protocol_lines", OF_LIGHTS)),
            Ask("teacher", one("protocol_lines", OF_LIGHTS)),
            Ask("nobody", one("protocol_lines", "nomination_id IS NULL")),
        ),
    ),
    "protocol_lines.protocol_lines_write": Probe(
        lets=(
            Ask("secretary", PROTOCOL.format(on=":nomination_lights", by="secretary")),
            Ask("chair", PROTOCOL.format(on="NULL", by="chair")),
        ),
        holds=(
            Ask("juror", PROTOCOL.format(on=":nomination_lights", by="juror")),
            Ask("secretary", PROTOCOL.format(on="NULL", by="chair")),
            Ask("teacher", PROTOCOL.format(on="NULL", by="chair")),
        ),
    ),
    "motions.motions_read": Probe(
        lets=(Ask("juror", one("motions", OF_LIGHTS)),),
        holds=(
            Ask("police_juror", one("motions", OF_LIGHTS)),
            Ask("substitute", one("motions", OF_LIGHTS)),
            Ask("teacher", one("motions", OF_LIGHTS)),
        ),
    ),
    "motions.motions_put": Probe(
        lets=(Ask("chair", MOTION.format(on="lights", by="chair")),),
        holds=(
            Ask("deputy", MOTION.format(on="lights", by="deputy")),
            Ask("juror", MOTION.format(on="lights", by="juror")),
            Ask("deputy", MOTION.format(on="lights", by="chair")),
        ),
    ),
    "motions.motions_close": Probe(
        lets=(Ask("chair", "UPDATE motions SET closed_at = now() WHERE id = :motion_football"),),
        holds=(
            Ask("deputy", "UPDATE motions SET closed_at = now() WHERE id = :motion_football"),
            Ask("juror", "UPDATE motions SET closed_at = now() WHERE id = :motion_football"),
        ),
    ),
    "votes.votes_read": Probe(
        lets=(
            Ask("juror", one("votes", OF_LIGHTS)),
            Ask("chair", one("votes", "motion_id = :motion_football")),
        ),
        holds=(
            Ask("juror", one("votes", "motion_id = :motion_football")),
            Ask("police_juror", one("votes", OF_LIGHTS)),
            Ask("teacher", one("votes", OF_LIGHTS)),
        ),
    ),
    "votes.votes_cast": Probe(
        lets=(Ask("juror", VOTE.format(on="football", motion="football", by="juror")),),
        holds=(
            Ask("juror", VOTE.format(on="football", motion="football", by="county")),
            Ask("juror", VOTE.format(on="lights", motion="lights", by="juror")),
            Ask("police_juror", VOTE.format(on="lights", motion="football", by="police_juror")),
            Ask("secretary", VOTE.format(on="football", motion="football", by="secretary")),
        ),
    ),
    "award_reasons.award_reasons_read": Probe(
        lets=(
            Ask("juror", one("award_reasons", OF_LIGHTS)),
            Ask("teacher", one("award_reasons", "words = 'given'")),
        ),
        holds=(
            Ask("teacher", one("award_reasons", OF_LIGHTS)),
            Ask("police_juror", one("award_reasons", OF_LIGHTS)),
            Ask("nobody", one("award_reasons", "words = 'given'")),
        ),
    ),
    "award_reasons.award_reasons_write": Probe(
        lets=(Ask("chair", WHY.format(by="chair")),),
        holds=(
            Ask("juror", WHY.format(by="juror")),
            Ask("secretary", WHY.format(by="secretary")),
            Ask("chair", WHY.format(by="deputy")),
        ),
    ),
    "journal.journal_edition": Probe(
        lets=(
            Ask("juror", IN_EDITION.format(by=":office_juror")),
            Ask("nominating", IN_EDITION.format(by="NULL")),
            Ask("edition", IN_EDITION.format(by="NULL")),
        ),
        holds=(
            Ask("juror", IN_EDITION.format(by=":office_chair")),
            Ask("coordinator", IN_EDITION.format(by="NULL")),
            Ask("nobody", IN_EDITION.format(by="NULL")),
        ),
    ),
    "journal.journal_edition_read": Probe(
        lets=(Ask("edition", one("journal", "chain = cast(:edition AS text)")),),
        holds=(
            Ask("chair", one("journal", "chain = cast(:edition AS text)")),
            Ask("operator", one("journal", "chain = cast(:edition AS text)")),
        ),
    ),
    "journal_heads.journal_heads_edition": Probe(
        lets=(
            Ask("juror", one("journal_heads", "chain = cast(:edition AS text)")),
            Ask("nominating", one("journal_heads", "chain = cast(:edition AS text)")),
        ),
        holds=(
            Ask("coordinator", one("journal_heads", "chain = cast(:edition AS text)")),
            Ask("nobody", one("journal_heads", "chain = cast(:edition AS text)")),
        ),
    ),
    "accounts.accounts_read": Probe(
        lets=(
            Ask("officer", one("accounts", "id = :account_officer")),
            Ask("administrator", one("accounts", "id = :account_officer")),
        ),
        holds=(
            Ask("coordinator", one("accounts", "id = :account_officer")),
            Ask("administrator", one("accounts", "id = :account_of_the_neighbour")),
        ),
    ),
    "accounts.accounts_change": Probe(
        lets=(Ask("officer", "UPDATE accounts SET language = 'en' WHERE id = :account_officer"),),
        holds=(Ask("administrator", "UPDATE accounts SET language = 'en' WHERE id = :account_officer"),),
    ),
    "agreements.agreements_read": forum_read("agreements"),
    "agreements.agreements_create": by_administrator(AGREEMENT, "operator"),
    "agreements.agreements_change": Probe(
        lets=(Ask("administrator", "UPDATE agreements SET valid_to = '2030-01-01' WHERE forum_id = :farsta"),),
        holds=(
            Ask("coordinator", "UPDATE agreements SET valid_to = '2030-01-01' WHERE forum_id = :farsta"),
            Ask("operator", "UPDATE agreements SET valid_to = '2030-01-01' WHERE forum_id = :farsta"),
        ),
    ),
    "areas.areas_read": Probe((Ask("teacher", "SELECT 1 FROM areas"),), (Ask("nobody", "SELECT 1 FROM areas"),)),
    "areas.areas_create": by_operator(AREA),
    "areas.areas_change": Probe(
        lets=(Ask("operator", "UPDATE areas SET valid_to = '2030-01-01'"),),
        holds=(Ask("administrator", "UPDATE areas SET valid_to = '2030-01-01'"),),
    ),
    "categories.categories_read": forum_read("categories"),
    "categories.categories_create": Probe(
        lets=tuple(Ask(who, CATEGORY) for who in ("administrator", "coordinator", "operator")),
        holds=tuple(Ask(who, CATEGORY) for who in ("officer", "neighbour", "nobody")),
    ),
    "methods.methods_read": Probe(
        lets=(Ask("nobody", work("methods", "method_offered")), Ask("teacher", work("methods", "method_ended"))),
        holds=(Ask("nobody", work("methods", "method_ended")), Ask("neighbour", work("methods", "method_ended"))),
    ),
    "methods.methods_end": Probe(
        lets=(Ask("coordinator", METHOD_END), Ask("administrator", METHOD_END)),
        holds=(Ask("officer", METHOD_END), Ask("neighbour", METHOD_END)),
    ),
    "methods.methods_offer": Probe(
        lets=(
            Ask("coordinator", METHOD.format(by=OURS, of="NULL, NULL")),
            Ask("administrator", METHOD.format(by=OURS, of="NULL, NULL")),
        ),
        holds=(
            Ask("coordinator", METHOD.format(by="polisen", of="NULL, NULL")),
            Ask("coordinator", METHOD.format(by=OURS, of=":edition, :nomination_lights")),
            Ask("officer", METHOD.format(by="polisen", of="NULL, NULL")),
            Ask("neighbour", METHOD.format(by=OURS, of="NULL, NULL")),
        ),
    ),
    "method_uses.method_uses_read": Probe(
        lets=(Ask("teacher", METHOD_USES), Ask("neighbour", METHOD_USES)),
        holds=(Ask("nobody", METHOD_USES), Ask("operator", METHOD_USES), Ask("chair", METHOD_USES)),
    ),
    "method_uses.method_uses_take": Probe(
        lets=(Ask("neighbour", METHOD_USE),),
        holds=(Ask("coordinator", METHOD_USE), Ask("teacher", METHOD_USE), Ask("nobody", METHOD_USE)),
    ),
    "categories.categories_change": Probe(
        lets=(Ask("administrator", "UPDATE categories SET hours = 1 WHERE forum_id = :farsta"),),
        holds=(Ask("coordinator", "UPDATE categories SET hours = 1 WHERE forum_id = :farsta"),),
    ),
    "changes.changes_read": Probe(
        lets=(
            Ask("landlord", change("own", "bostadsbolaget")),
            Ask("officer", change("own", "polisen")),
            Ask("officer", change("authorities")),
            Ask("teacher", change("forum")),
        ),
        holds=(
            Ask("coordinator", change("own", "bostadsbolaget")),
            Ask("landlord", change("own", "polisen")),
            Ask("landlord", change("authorities")),
            Ask("neighbour", change("forum")),
            Ask("operator", change("public")),
            Ask("nobody", change("public")),
        ),
    ),
    "changes.changes_audience": Probe(
        lets=(
            Ask("officer", change("authorities"), Audience.AUTHORITIES),
            Ask("officer", change("forum"), Audience.PUBLIC),
        ),
        holds=(
            Ask("officer", change("authorities"), Audience.FORUM),
            Ask("officer", change("own", "polisen"), Audience.AUTHORITIES),
        ),
    ),
    "contacts.contacts_read": Probe(
        lets=(Ask("coordinator", of_forum("contacts")), Ask("system", of_forum("contacts"))),
        holds=(
            Ask("landlord", of_forum("contacts")),
            Ask("neighbour", of_forum("contacts")),
            Ask("link", of_forum("contacts")),
            Ask("operator", of_forum("contacts")),
            Ask("nobody", of_forum("contacts")),
        ),
    ),
    "contacts.contacts_keep": Probe(
        lets=(Ask("administrator", CONTACT), Ask("administrator", "UPDATE contacts SET email = 'y@x.se'")),
        holds=(
            Ask("coordinator", CONTACT),
            Ask("coordinator", "UPDATE contacts SET email = 'y@x.se'"),
            Ask("coordinator", "DELETE FROM contacts"),
            Ask("neighbour", CONTACT),
        ),
    ),
    "credentials.credentials_own": Probe(
        lets=(
            Ask("officer", one("credentials", "account_id = :account_officer")),
            Ask("officer", "DELETE FROM credentials WHERE account_id = :account_officer"),
            Ask("officer", CREDENTIAL.format(of="officer", kind="session")),
        ),
        holds=(
            Ask("administrator", one("credentials", "account_id = :account_officer")),
            Ask("landlord", "DELETE FROM credentials WHERE account_id = :account_officer"),
            Ask("landlord", CREDENTIAL.format(of="officer", kind="session")),
        ),
    ),
    "credentials.credentials_issue": Probe(
        lets=(
            Ask("operator", CREDENTIAL.format(of="officer", kind="token")),
            Ask("administrator", CREDENTIAL.format(of="teacher", kind="link")),
        ),
        holds=(
            Ask("operator", CREDENTIAL.format(of="officer", kind="password")),
            Ask("administrator", CREDENTIAL.format(of="teacher", kind="session")),
            Ask("administrator", CREDENTIAL.format(of="officer", kind="link")),
            Ask("administrator", CREDENTIAL.format(of="of_the_neighbour", kind="link")),
            Ask("coordinator", CREDENTIAL.format(of="teacher", kind="link")),
        ),
    ),
    "deviation_history.history_read": Probe(
        lets=(
            Ask("walker", one("deviation_history", "deviation_id = :row_forum")),
            Ask("landlord", one("deviation_history", "deviation_id = :row_widened AND visibility = 'own'")),
        ),
        holds=(
            Ask("walker", one("deviation_history", "deviation_id = :row_widened AND visibility = 'own'")),
            Ask("landlord", one("deviation_history", "deviation_id = :row_authorities")),
            Ask("neighbour", one("deviation_history", "deviation_id = :row_forum")),
        ),
    ),
    "deviation_history.history_audience": Probe(
        lets=(Ask("landlord", one("deviation_history", "visibility = 'forum'"), Audience.FORUM),),
        holds=(
            Ask(
                "landlord",
                one("deviation_history", "deviation_id = :row_widened AND visibility = 'own'"),
                Audience.FORUM,
            ),
        ),
    ),
    "deviation_history.history_append": Probe(
        lets=(Ask("landlord", LINE.format(row="forum")),),
        holds=(Ask("teacher", LINE.format(row="forum")), Ask("neighbour", LINE.format(row="forum"))),
    ),
    "deviations.deviations_read": Probe(
        lets=(
            Ask("landlord", row("own")),
            Ask("coordinator", row("authorities")),
            Ask("walker", row("forum")),
            Ask("teacher", row("public")),
        ),
        holds=(
            Ask("landlord", row("police_own")),
            Ask("coordinator", row("own")),
            Ask("administrator", row("own")),
            Ask("officer", row("narrowed")),
            Ask("walker", row("authorities")),
            Ask("neighbour", row("public")),
            Ask("operator", row("public")),
            Ask("nobody", row("public")),
        ),
    ),
    "deviations.deviations_audience": Probe(
        lets=(Ask("officer", row("authorities"), Audience.AUTHORITIES), Ask("officer", row("forum"), Audience.PUBLIC)),
        holds=(
            Ask("officer", row("authorities"), Audience.FORUM),
            Ask("officer", row("authorities"), Audience.PUBLIC),
            Ask("officer", row("police_own"), Audience.AUTHORITIES),
            Ask("landlord", row("own"), Audience.FORUM),
        ),
    ),
    "deviations.deviations_create": Probe(
        lets=(
            Ask("landlord", DEVIATION.format(by=":organisation_bostadsbolaget", visibility="own")),
            Ask("officer", DEVIATION.format(by=":organisation_polisen", visibility="authorities")),
        ),
        holds=(
            Ask("teacher", DEVIATION.format(by=":organisation_skolan", visibility="forum")),
            Ask("landlord", DEVIATION.format(by=":organisation_polisen", visibility="forum")),
            Ask("landlord", DEVIATION.format(by=":organisation_bostadsbolaget", visibility="authorities")),
            Ask("neighbour", DEVIATION.format(by=":organisation_polisen", visibility="forum")),
            Ask("operator", DEVIATION.format(by=":organisation_polisen", visibility="forum")),
        ),
    ),
    "deviations.deviations_change": Probe(
        lets=(Ask("landlord", "UPDATE deviations SET reply = 'x' WHERE id = :row_own"),),
        holds=(
            Ask("teacher", "UPDATE deviations SET reply = 'x' WHERE id = :row_forum"),
            Ask("operator", "UPDATE deviations SET reply = 'x'"),
            Ask("nobody", "UPDATE deviations SET reply = 'x'"),
        ),
    ),
    "documents.documents_read": Probe(
        lets=(
            Ask("teacher", one("documents", "member_id = :member_teacher")),
            Ask("officer", one("documents", "member_id = :member_officer AND audience = 'authorities'")),
            Ask("system", of_forum("documents")),
        ),
        holds=(
            Ask("coordinator", of_forum("documents")),
            Ask("teacher", one("documents", "member_id = :member_officer")),
            Ask("teacher", one("documents", "audience = 'authorities'")),
            Ask("neighbour", of_forum("documents")),
            Ask("operator", of_forum("documents")),
            Ask("nobody", of_forum("documents")),
        ),
    ),
    "documents.documents_order": Probe(
        lets=(
            Ask("teacher", DOCUMENT.format(by="teacher", audience="forum")),
            Ask("officer", DOCUMENT.format(by="officer", audience="authorities")),
        ),
        holds=(
            Ask("teacher", DOCUMENT.format(by="teacher", audience="authorities")),
            Ask("teacher", DOCUMENT.format(by="officer", audience="forum")),
            Ask("neighbour", DOCUMENT.format(by="officer", audience="forum")),
        ),
    ),
    "documents.documents_print": Probe(
        lets=(Ask("system", PRINTED),),
        holds=(Ask("teacher", PRINTED), Ask("officer", PRINTED)),
    ),
    "forum_areas.forum_areas_read": forum_read("forum_areas"),
    "forum_areas.forum_areas_create": by_operator(FORUM_AREA),
    "forums.forums_read": Probe(
        lets=(Ask("teacher", one("forums", "id = :farsta")), Ask("operator", one("forums", "id = :farsta"))),
        holds=(Ask("neighbour", one("forums", "id = :farsta")), Ask("nobody", one("forums", "id = :farsta"))),
    ),
    "forums.forums_create": by_operator("INSERT INTO forums (slug, name) VALUES ('ny', 'Ny')"),
    "forums.forums_open": Probe(
        lets=tuple(Ask(who, "UPDATE forums SET public_page = true") for who in ("coordinator", "administrator")),
        holds=tuple(
            Ask(who, "UPDATE forums SET public_page = true") for who in ("officer", "teacher", "operator", "nobody")
        ),
    ),
    "ground.ground_read": Probe((Ask("teacher", "SELECT 1 FROM ground"),), (Ask("nobody", "SELECT 1 FROM ground"),)),
    "ground.ground_create": by_operator(GROUND),
    "journal.journal_read": Probe(
        lets=(
            Ask("officer", one("journal", "chain = cast(:farsta AS text) AND member_id = :member_officer")),
            Ask("operator", one("journal", "chain = 'installation'")),
        ),
        holds=(
            Ask("administrator", one("journal", "chain = cast(:farsta AS text) AND member_id = :member_officer")),
            Ask("administrator", one("journal", "chain = 'installation'")),
            Ask("operator", one("journal", "chain = cast(:farsta AS text)")),
            Ask("neighbour", one("journal", "chain = cast(:farsta AS text)")),
        ),
    ),
    "journal.journal_append": Probe(
        lets=(Ask("officer", ENTRY.format(member=":member_officer")),),
        holds=(
            Ask("officer", ENTRY.format(member=":member_landlord")),
            Ask("officer", ENTRY.format(member="NULL")),
            Ask("neighbour", ENTRY.format(member=":member_officer")),
            Ask("operator", ENTRY.format(member="NULL")),
        ),
    ),
    "journal_heads.journal_heads_own": Probe(
        lets=(
            Ask("teacher", one("journal_heads", "chain = cast(:farsta AS text)")),
            Ask("operator", one("journal_heads", "chain = 'installation'")),
        ),
        holds=(
            Ask("neighbour", one("journal_heads", "chain = cast(:farsta AS text)")),
            Ask("neighbour", "UPDATE journal_heads SET seq = 0 WHERE chain = cast(:farsta AS text)"),
            Ask("teacher", one("journal_heads", "chain = 'installation'")),
        ),
    ),
    "imports.imports_read": Probe(
        lets=(Ask("coordinator", of_forum("imports")), Ask("administrator", of_forum("imports"))),
        holds=(
            Ask("landlord", of_forum("imports")),
            Ask("officer", of_forum("imports")),
            Ask("neighbour", of_forum("imports")),
            Ask("operator", of_forum("imports")),
            Ask("nobody", of_forum("imports")),
        ),
    ),
    "imports.imports_keep": Probe(
        lets=(
            Ask("coordinator", IMPORT.format(of="stadsdelsförvaltningen", by="coordinator")),
            Ask("administrator", IMPORT.format(of="stadsdelsförvaltningen", by="administrator")),
        ),
        holds=(
            Ask("coordinator", IMPORT.format(of="polisen", by="coordinator")),
            Ask("coordinator", IMPORT.format(of="stadsdelsförvaltningen", by="administrator")),
            Ask("officer", IMPORT.format(of="polisen", by="officer")),
            Ask("neighbour", IMPORT.format(of="stadsdelsförvaltningen", by="administrator")),
        ),
    ),
    "imports.imports_go_on": Probe(
        lets=(Ask("administrator", "UPDATE imports SET lines = 1 WHERE member_id = :member_administrator"),),
        holds=(
            Ask("coordinator", "UPDATE imports SET lines = 1 WHERE member_id = :member_administrator"),
            Ask("neighbour", "UPDATE imports SET lines = 1"),
        ),
    ),
    "members.members_read": Probe(
        lets=(Ask("teacher", of_forum("members")), Ask("operator", of_forum("members"))),
        holds=(Ask("neighbour", of_forum("members")), Ask("nobody", of_forum("members"))),
    ),
    "members.members_create": by_administrator(MEMBER, "operator"),
    "members.members_change": Probe(
        lets=(Ask("administrator", "UPDATE members SET role = 'reader' WHERE id = :member_officer"),),
        holds=(
            Ask("coordinator", "UPDATE members SET role = 'reader' WHERE id = :member_officer"),
            Ask("officer", "UPDATE members SET role = 'administrator' WHERE id = :member_officer"),
        ),
    ),
    "notices.notices_read": Probe(
        lets=(
            Ask("landlord", one("notices", "measure_id = :measure_forum")),
            Ask("officer", one("notices", "measure_id = :measure_authorities")),
            Ask("coordinator", one("notices", "place_id = :place_forum")),
            Ask("system", one("notices", "measure_id = :measure_authorities")),
        ),
        holds=(
            Ask("landlord", one("notices", "measure_id = :measure_authorities")),
            Ask("landlord", one("notices", "place_id = :place_forum")),
            Ask("walker", one("notices", "measure_id = :measure_forum")),
            Ask("coordinator", one("notices", "measure_id = :measure_forum")),
            Ask("neighbour", of_forum("notices")),
            Ask("link", of_forum("notices")),
            Ask("nobody", of_forum("notices")),
        ),
    ),
    "notices.notices_tell": Probe(
        lets=(
            Ask("landlord", NOTICE.format(measure="forum")),
            Ask("officer", NOTICE.format(measure="authorities")),
            Ask("system", NOTICE.format(measure="authorities")),
        ),
        holds=(
            Ask("teacher", NOTICE.format(measure="forum")),
            Ask("landlord", NOTICE.format(measure="authorities")),
            Ask("neighbour", NOTICE.format(measure="forum")),
            Ask("operator", NOTICE.format(measure="forum")),
        ),
    ),
    "notices.notices_by_link": Probe(
        lets=(Ask("link", NOTICE.format(measure="forum")),),
        holds=(Ask("link", NOTICE.format(measure="authorities")), Ask("nobody", NOTICE.format(measure="forum"))),
    ),
    "notice_reads.notice_reads_own": Probe(
        lets=(
            Ask("officer", one("notice_reads", "member_id = :member_officer")),
            Ask("landlord", READ_BY.format(of="landlord")),
        ),
        holds=(
            Ask("landlord", one("notice_reads", "member_id = :member_officer")),
            Ask("landlord", READ_BY.format(of="walker")),
            Ask("neighbour", of_forum("notice_reads")),
            Ask("link", READ_BY.format(of="landlord")),
        ),
    ),
    "notice_reads.notice_reads_work": Probe(
        lets=(Ask("system", of_forum("notice_reads")),),
        holds=(Ask("administrator", of_forum("notice_reads")), Ask("nobody", of_forum("notice_reads"))),
    ),
    "organisations.organisations_read": forum_read("organisations"),
    "organisations.organisations_create": by_administrator(ORGANISATION, "operator"),
    "quarantine.quarantine_see_to": Probe(
        lets=(
            Ask("officer", QUARANTINE),
            Ask("coordinator", QUARANTINE),
            Ask("officer", "DELETE FROM quarantine WHERE forum_id = :farsta"),
        ),
        holds=(
            Ask("landlord", QUARANTINE),
            Ask("administrator", QUARANTINE),
            Ask("teacher", QUARANTINE),
            Ask("neighbour", QUARANTINE),
            Ask("landlord", "DELETE FROM quarantine WHERE forum_id = :farsta"),
        ),
    ),
    "places.places_read": of_work("places", "place"),
    "places.places_audience": of_audience("places", "place"),
    "places.places_create": by_leaders(PLACE.format(visibility="forum"), PLACE.format(visibility="authorities")),
    "places.places_change": changed_by_leaders("places", "name", "place"),
    "place_links.place_links_read": Probe(
        lets=(
            Ask("teacher", one("place_links", "deviation_id = :row_forum")),
            Ask("officer", one("place_links", "deviation_id = :row_authorities")),
        ),
        holds=(
            Ask("landlord", one("place_links", "deviation_id = :row_authorities")),
            Ask("neighbour", of_forum("place_links")),
            Ask("nobody", of_forum("place_links")),
        ),
    ),
    "place_links.place_links_create": Probe(
        lets=(Ask("coordinator", PLACE_LINK.format(place="forum", row="public")),),
        holds=(
            Ask("officer", PLACE_LINK.format(place="forum", row="public")),
            Ask("coordinator", PLACE_LINK.format(place="forum", row="own")),
            Ask("neighbour", PLACE_LINK.format(place="forum", row="public")),
        ),
    ),
    "place_links.place_links_change": Probe(
        lets=(Ask("coordinator", "UPDATE place_links SET here = false WHERE place_id = :place_forum"),),
        holds=(
            Ask("officer", "UPDATE place_links SET here = false"),
            Ask("neighbour", "UPDATE place_links SET here = false"),
        ),
    ),
    "steps.steps_read": Probe(
        lets=(
            Ask("teacher", one("steps", "thing_id = :place_forum")),
            Ask("officer", one("steps", "thing_id = :place_authorities")),
        ),
        holds=(
            Ask("landlord", one("steps", "thing_id = :place_authorities")),
            Ask("neighbour", of_forum("steps")),
            Ask("nobody", of_forum("steps")),
        ),
    ),
    "steps.steps_audience": Probe(
        lets=(Ask("officer", one("steps", "thing_id = :place_authorities"), Audience.AUTHORITIES),),
        holds=(Ask("officer", one("steps", "thing_id = :place_authorities"), Audience.FORUM),),
    ),
    "steps.steps_append": Probe(
        lets=(Ask("landlord", STEP),),
        holds=(Ask("teacher", STEP), Ask("neighbour", STEP), Ask("operator", STEP)),
    ),
    "causes.causes_read": of_work("causes", "cause"),
    "causes.causes_audience": of_audience("causes", "cause"),
    "causes.causes_create": by_leaders(CAUSE.format(visibility="forum"), CAUSE.format(visibility="authorities")),
    "causes.causes_change": changed_by_leaders("causes", "limits", "cause"),
    "measures.measures_read": of_work("measures", "measure"),
    "measures.measures_audience": of_audience("measures", "measure"),
    "measures.measures_create": Probe(
        lets=(
            Ask("landlord", MEASURE.format(by="bostadsbolaget", visibility="forum")),
            Ask("officer", MEASURE.format(by="polisen", visibility="authorities")),
        ),
        holds=(
            Ask("landlord", MEASURE.format(by="polisen", visibility="forum")),
            Ask("landlord", MEASURE.format(by="bostadsbolaget", visibility="authorities")),
            Ask("teacher", MEASURE.format(by="skolan", visibility="forum")),
            Ask("neighbour", MEASURE.format(by="polisen", visibility="forum")),
        ),
    ),
    "measures.measures_change": Probe(
        lets=(
            Ask("landlord", "UPDATE measures SET status = 'waived' WHERE id = :measure_forum"),
            Ask("coordinator", "UPDATE measures SET status = 'waived' WHERE id = :measure_forum"),
        ),
        holds=(
            Ask("officer", "UPDATE measures SET status = 'waived' WHERE id = :measure_forum"),
            Ask("teacher", "UPDATE measures SET status = 'waived'"),
            Ask("neighbour", "UPDATE measures SET status = 'waived'"),
        ),
    ),
    "measure_deviations.measure_deviations_read": Probe(
        lets=(
            Ask("teacher", one("measure_deviations", "deviation_id = :row_forum")),
            Ask("officer", one("measure_deviations", "deviation_id = :row_authorities")),
        ),
        holds=(
            Ask("landlord", one("measure_deviations", "deviation_id = :row_authorities")),
            Ask("neighbour", of_forum("measure_deviations")),
        ),
    ),
    "measure_deviations.measure_deviations_create": Probe(
        lets=(Ask("landlord", ANSWERED.format(measure="forum", row="public")),),
        holds=(
            Ask("teacher", ANSWERED.format(measure="forum", row="public")),
            Ask("landlord", ANSWERED.format(measure="forum", row="police_own")),
            Ask("landlord", ANSWERED.format(measure="authorities", row="public")),
            Ask("neighbour", ANSWERED.format(measure="forum", row="public")),
        ),
    ),
    "follow_ups.follow_ups_read": Probe(
        lets=(
            Ask("teacher", one("follow_ups", "measure_id = :measure_forum")),
            Ask("officer", one("follow_ups", "measure_id = :measure_authorities")),
        ),
        holds=(
            Ask("landlord", one("follow_ups", "measure_id = :measure_authorities")),
            Ask("neighbour", of_forum("follow_ups")),
        ),
    ),
    "follow_ups.follow_ups_append": Probe(
        lets=(Ask("landlord", FOLLOW_UP.format(measure="forum", by="bostadsbolaget")),),
        holds=(
            Ask("landlord", FOLLOW_UP.format(measure="forum", by="polisen")),
            Ask("landlord", FOLLOW_UP.format(measure="authorities", by="bostadsbolaget")),
            Ask("teacher", FOLLOW_UP.format(measure="forum", by="skolan")),
            Ask("neighbour", FOLLOW_UP.format(measure="forum", by="polisen")),
        ),
    ),
    "pictures.pictures_read": of_work("pictures", "picture"),
    "pictures.pictures_audience": of_audience("pictures", "picture"),
    "pictures.pictures_freeze": Probe(
        lets=(
            Ask("coordinator", PICTURE.format(by=OURS, audience="forum")),
            Ask("administrator", PICTURE.format(by=OURS, audience="authorities")),
        ),
        holds=(
            Ask("coordinator", PICTURE.format(by="polisen", audience="forum")),
            Ask("officer", PICTURE.format(by="polisen", audience="forum")),
            Ask("teacher", PICTURE.format(by="skolan", audience="forum")),
            Ask("neighbour", PICTURE.format(by=OURS, audience="forum")),
        ),
    ),
    "effects.effects_read": of_work("effects", "effect"),
    "effects.effects_audience": of_audience("effects", "effect"),
    "effects.effects_freeze": Probe(
        lets=(
            Ask("coordinator", EFFECT.format(by=OURS, of="forum", audience="forum")),
            Ask("administrator", EFFECT.format(by=OURS, of="forum", audience="authorities")),
            Ask("administrator", EFFECT.format(by=OURS, of="authorities", audience="authorities")),
        ),
        holds=(
            Ask("coordinator", EFFECT.format(by=OURS, of="authorities", audience="forum")),
            Ask("coordinator", EFFECT.format(by="polisen", of="forum", audience="forum")),
            Ask("officer", EFFECT.format(by="polisen", of="forum", audience="forum")),
            Ask("neighbour", EFFECT.format(by=OURS, of="forum", audience="forum")),
        ),
    ),
    "plans.plans_read": of_work("plans", "plan"),
    "plans.plans_audience": of_audience("plans", "plan"),
    "plans.plans_make": Probe(
        lets=(
            Ask("coordinator", PLAN.format(by=OURS, on="picture_forum", audience="forum")),
            Ask("administrator", PLAN.format(by=OURS, on="picture_authorities", audience="authorities")),
        ),
        holds=(
            Ask("coordinator", PLAN.format(by=OURS, on="unadopted_forum", audience="forum")),
            Ask("coordinator", PLAN.format(by=OURS, on="picture_authorities", audience="forum")),
            Ask("coordinator", PLAN.format(by="polisen", on="picture_forum", audience="forum")),
            Ask("officer", PLAN.format(by="polisen", on="picture_forum", audience="forum")),
            Ask("neighbour", PLAN.format(by=OURS, on="picture_forum", audience="forum")),
        ),
    ),
    "adoptions.adoptions_read": of_work("adoptions", "adoption"),
    "adoptions.adoptions_audience": of_audience("adoptions", "adoption"),
    "adoptions.adoptions_adopt": Probe(
        lets=(
            Ask("coordinator", ADOPTION.format(of="picture", by=OURS, thing="unadopted_forum", audience="forum")),
            Ask("coordinator", ADOPTION.format(of="plan", by=OURS, thing="waiting_forum", audience="forum")),
        ),
        holds=(
            Ask("coordinator", ADOPTION.format(of="picture", by=OURS, thing="kept_by_meeting", audience="forum")),
            Ask("coordinator", ADOPTION.format(of="picture", by=OURS, thing="unadopted_authorities", audience="forum")),
            Ask("coordinator", ADOPTION.format(of="plan", by=OURS, thing="waiting_authorities", audience="forum")),
            Ask("coordinator", ADOPTION.format(of="plan", by="polisen", thing="waiting_forum", audience="forum")),
            Ask("officer", ADOPTION.format(of="plan", by="polisen", thing="waiting_forum", audience="forum")),
            Ask("neighbour", ADOPTION.format(of="plan", by=OURS, thing="waiting_forum", audience="forum")),
        ),
    ),
    "publications.publications_read": by_members("publications"),
    "publications.publications_make": Probe(
        lets=(Ask("system", PUBLICATION),),
        holds=tuple(Ask(who, PUBLICATION) for who in ("administrator", "neighbour", "operator", "nobody")),
    ),
    "walks.walks_read": by_members("walks"),
    "walks.walks_make": Probe(
        lets=(Ask("landlord", WALK.format(by="bostadsbolaget")),),
        holds=(
            Ask("landlord", WALK.format(by="polisen")),
            Ask("teacher", WALK.format(by="skolan")),
            Ask("neighbour", WALK.format(by="polisen")),
        ),
    ),
    "walk_people.walk_people_read": by_members("walk_people"),
    "walk_people.walk_people_note": by_leaders(WALKED),
    "walk_points.walk_points_read": Probe(
        lets=(
            Ask("teacher", one("walk_points", "deviation_id = :row_forum")),
            Ask("officer", one("walk_points", "deviation_id = :row_authorities")),
        ),
        holds=(
            Ask("landlord", one("walk_points", "deviation_id = :row_authorities")),
            Ask("neighbour", of_forum("walk_points")),
            Ask("nobody", of_forum("walk_points")),
        ),
    ),
    "walk_points.walk_points_add": Probe(
        lets=(Ask("coordinator", WALK_POINT.format(row="public")),),
        holds=(
            Ask("officer", WALK_POINT.format(row="public")),
            Ask("coordinator", WALK_POINT.format(row="own")),
            Ask("teacher", WALK_POINT.format(row="public")),
            Ask("neighbour", WALK_POINT.format(row="public")),
        ),
    ),
    "walk_checks.walk_checks_read": Probe(
        lets=(
            Ask("teacher", one("walk_checks", "point_id = :walked_forum")),
            Ask("officer", one("walk_checks", "point_id = :walked_authorities")),
        ),
        holds=(
            Ask("landlord", one("walk_checks", "point_id = :walked_authorities")),
            Ask("neighbour", of_forum("walk_checks")),
        ),
    ),
    "walk_checks.walk_checks_note": Probe(
        lets=(Ask("coordinator", WALK_CHECK.format(walk="walk_third")),),
        holds=(
            Ask("officer", WALK_CHECK.format(walk="walk_third")),
            Ask("coordinator", WALK_CHECK.format(walk="walk")),
            Ask("neighbour", WALK_CHECK.format(walk="walk_third")),
        ),
    ),
    "walk_checks.walk_checks_change": Probe(
        lets=(Ask("coordinator", "UPDATE walk_checks SET outcome = 'fixed' WHERE walk_id = :walk_again"),),
        holds=(
            Ask("officer", "UPDATE walk_checks SET outcome = 'fixed'"),
            Ask("teacher", "UPDATE walk_checks SET outcome = 'fixed'"),
            Ask("neighbour", "UPDATE walk_checks SET outcome = 'fixed'"),
        ),
    ),
    "surveys.surveys_read": by_members("surveys"),
    "surveys.surveys_import": Probe(
        lets=(Ask("coordinator", SURVEY), Ask("system", SURVEY)),
        holds=(Ask("officer", SURVEY), Ask("teacher", SURVEY), Ask("neighbour", SURVEY), Ask("operator", SURVEY)),
    ),
    "cycles.cycles_read": by_members("cycles"),
    "cycles.cycles_set": by_leaders(CYCLE),
    "meetings.meetings_read": by_members("meetings"),
    "meetings.meetings_plan": Probe(
        lets=(Ask("coordinator", MEETING.format(by=OURS)),),
        holds=(
            Ask("coordinator", MEETING.format(by="polisen")),
            Ask("officer", MEETING.format(by="polisen")),
            Ask("neighbour", MEETING.format(by="polisen")),
        ),
    ),
    "meetings.meetings_change": Probe(
        lets=(Ask("coordinator", "UPDATE meetings SET minutes = 45 WHERE id = :meeting_now"),),
        holds=(
            Ask("officer", "UPDATE meetings SET minutes = 45 WHERE id = :meeting_now"),
            Ask("teacher", "UPDATE meetings SET minutes = 45"),
            Ask("neighbour", "UPDATE meetings SET minutes = 45"),
        ),
    ),
    "attendance.attendance_read": by_members("attendance"),
    "attendance.attendance_note": by_leaders(ATTENDANCE.format(of=":organisation_polisen")),
    "attendance.attendance_change": Probe(
        lets=(Ask("coordinator", "UPDATE attendance SET people = 3 WHERE meeting_id = :meeting_now"),),
        holds=(
            Ask("officer", "UPDATE attendance SET people = 3"),
            Ask("neighbour", "UPDATE attendance SET people = 3"),
        ),
    ),
    "agenda_items.agenda_items_read": of_work("agenda_items", "item"),
    "agenda_items.agenda_items_audience": of_audience("agenda_items", "item"),
    "agenda_items.agenda_items_add": Probe(
        lets=(
            Ask("landlord", ITEM.format(by="bostadsbolaget", visibility="forum")),
            Ask("officer", ITEM.format(by="polisen", visibility="authorities")),
        ),
        holds=(
            Ask("landlord", ITEM.format(by="polisen", visibility="forum")),
            Ask("landlord", ITEM.format(by="bostadsbolaget", visibility="authorities")),
            Ask("teacher", ITEM.format(by="skolan", visibility="forum")),
            Ask("neighbour", ITEM.format(by="polisen", visibility="forum")),
        ),
    ),
    "agenda_items.agenda_items_change": changed_by_leaders("agenda_items", "note", "item"),
    "decisions.decisions_read": of_work("decisions", "decision"),
    "decisions.decisions_make": Probe(
        lets=(Ask("coordinator", DECISION.format(meeting="now", by=OURS, visibility="forum")),),
        holds=(
            Ask("coordinator", DECISION.format(meeting="sealed", by=OURS, visibility="forum")),
            Ask("coordinator", DECISION.format(meeting="now", by="polisen", visibility="forum")),
            Ask("officer", DECISION.format(meeting="now", by="polisen", visibility="forum")),
            Ask("neighbour", DECISION.format(meeting="now", by=OURS, visibility="forum")),
        ),
    ),
    "signatures.signatures_read": by_members("signatures"),
    "signatures.signatures_sign": Probe(
        lets=(Ask("officer", SIGNATURE.format(by="officer", of="polisen")),),
        holds=(
            Ask("officer", SIGNATURE.format(by="coordinator", of=OURS)),
            Ask("officer", SIGNATURE.format(by="officer", of=OURS)),
            Ask("teacher", SIGNATURE.format(by="teacher", of="skolan")),
        ),
    ),
    "minutes.minutes_read": Probe(
        lets=(
            Ask("teacher", one("minutes", "meeting_id = :meeting_sealed AND audience = 'forum'")),
            Ask("officer", one("minutes", "meeting_id = :meeting_sealed AND audience = 'authorities'")),
        ),
        holds=(
            Ask("landlord", one("minutes", "meeting_id = :meeting_sealed AND audience = 'authorities'")),
            Ask("neighbour", of_forum("minutes")),
        ),
    ),
    "minutes.minutes_audience": Probe(
        lets=(Ask("officer", one("minutes", "audience = 'authorities'"), Audience.AUTHORITIES),),
        holds=(Ask("officer", one("minutes", "audience = 'authorities'"), Audience.FORUM),),
    ),
    "minutes.minutes_seal": Probe(
        lets=(Ask("coordinator", MINUTES.format(meeting="adjusted")),),
        holds=(
            Ask("coordinator", MINUTES.format(meeting="sealed")),
            Ask("officer", MINUTES.format(meeting="adjusted")),
            Ask("neighbour", MINUTES.format(meeting="adjusted")),
        ),
    ),
    "quarantine.quarantine_hold": Probe(
        lets=(Ask("administrator", HELD),),
        holds=(Ask("landlord", HELD), Ask("teacher", HELD), Ask("neighbour", HELD), Ask("nobody", HELD)),
    ),
    "letters.letters_work": Probe(
        lets=(Ask("system", of_forum("letters")), Ask("system", LETTER)),
        holds=(
            Ask("administrator", of_forum("letters")),
            Ask("coordinator", LETTER),
            Ask("neighbour", of_forum("letters")),
            Ask("operator", of_forum("letters")),
            Ask("nobody", of_forum("letters")),
        ),
    ),
    "measure_links.measure_links_read": Probe(
        lets=(Ask("coordinator", of_forum("measure_links")), Ask("system", of_forum("measure_links"))),
        holds=(
            Ask("landlord", of_forum("measure_links")),
            Ask("neighbour", of_forum("measure_links")),
            Ask("link", of_forum("measure_links")),
            Ask("nobody", of_forum("measure_links")),
        ),
    ),
    "measure_links.measure_links_create": Probe(
        lets=(Ask("coordinator", LINK.format(measure="forum", by=OURS)),),
        holds=(
            Ask("coordinator", LINK.format(measure="authorities", by=OURS)),
            Ask("coordinator", LINK.format(measure="forum", by="polisen")),
            Ask("officer", LINK.format(measure="forum", by="polisen")),
            Ask("neighbour", LINK.format(measure="forum", by=OURS)),
            Ask("link", LINK.format(measure="forum", by=OURS)),
        ),
    ),
    "measure_links.measure_links_change": Probe(
        lets=(Ask("administrator", "UPDATE measure_links SET ended_at = now()"),),
        holds=(
            Ask("officer", "UPDATE measure_links SET ended_at = now()"),
            Ask("link", "UPDATE measure_links SET ended_at = NULL"),
            Ask("neighbour", "UPDATE measure_links SET ended_at = now()"),
        ),
    ),
    "measures.measures_by_link": Probe(
        lets=(Ask("link", work("measures", "measure_forum")),),
        holds=(
            Ask("link", work("measures", "measure_authorities")),
            Ask("nobody", work("measures", "measure_forum")),
        ),
    ),
    "measures.measures_answer_by_link": Probe(
        lets=(Ask("link", "UPDATE measures SET status = 'accepted' WHERE id = :measure_forum"),),
        holds=(Ask("nobody", "UPDATE measures SET status = 'accepted'"),),
    ),
    "agreements.agreements_by_link": Probe(
        lets=(Ask("link", one("agreements", "organisation_id = :organisation_bostadsbolaget")),),
        holds=(
            Ask("link", one("agreements", "organisation_id = :organisation_polisen")),
            Ask("nobody", of_forum("agreements")),
        ),
    ),
    "steps.steps_by_link": Probe(
        lets=(Ask("link", LINKED_STEP.format(measure="forum", by="bostadsbolaget")),),
        holds=(
            Ask("link", LINKED_STEP.format(measure="forum", by="polisen")),
            Ask("link", LINKED_STEP.format(measure="authorities", by="bostadsbolaget")),
            Ask("link", one("steps", "thing_id = :measure_forum")),
            Ask("nobody", of_forum("steps")),
        ),
    ),
    "journal.journal_by_link": Probe(
        lets=(Ask("link", LINKED_ENTRY.format(measure="forum", member="NULL")),),
        holds=(
            Ask("link", LINKED_ENTRY.format(measure="forum", member=":member_landlord")),
            Ask("link", LINKED_ENTRY.format(measure="authorities", member="NULL")),
            Ask("nobody", LINKED_ENTRY.format(measure="forum", member="NULL")),
        ),
    ),
    "journal_heads.journal_heads_by_link": Probe(
        lets=(Ask("link", one("journal_heads", "chain = cast(:farsta AS text)")),),
        holds=(
            Ask("link", one("journal_heads", "chain = 'installation'")),
            Ask("nobody", one("journal_heads", "chain = cast(:farsta AS text)")),
        ),
    ),
    "calendars.calendars_own": Probe(
        lets=(
            Ask("officer", one("calendars", "member_id = :member_officer")),
            Ask("landlord", CALENDAR.format(of="landlord")),
            Ask("officer", "DELETE FROM calendars"),
        ),
        holds=(
            Ask("administrator", one("calendars", "member_id = :member_officer")),
            Ask("system", of_forum("calendars")),
            Ask("landlord", CALENDAR.format(of="walker")),
            Ask("neighbour", "UPDATE calendars SET key = 'y'"),
            Ask("administrator", "DELETE FROM calendars"),
        ),
    ),
    "subscriptions.subscriptions_own": Probe(
        lets=(
            Ask("officer", one("subscriptions", "member_id = :member_officer")),
            Ask("landlord", SUBSCRIPTION.format(of="landlord")),
        ),
        holds=(
            Ask("administrator", one("subscriptions", "member_id = :member_officer")),
            Ask("landlord", SUBSCRIPTION.format(of="walker")),
            Ask("neighbour", "UPDATE subscriptions SET notices = false"),
            Ask("administrator", "UPDATE subscriptions SET notices = false"),
        ),
    ),
    "subscriptions.subscriptions_work": Probe(
        lets=(
            Ask("system", of_forum("subscriptions")),
            Ask("system", "UPDATE subscriptions SET notices = false"),
            Ask("system", SUBSCRIPTION.format(of="landlord")),
        ),
        holds=(
            Ask("administrator", of_forum("subscriptions")),
            Ask("operator", "UPDATE subscriptions SET notices = false"),
            Ask("nobody", of_forum("subscriptions")),
        ),
    ),
    "views.views_read": Probe(
        lets=(
            Ask("officer", one("views", "member_id = :member_officer")),
            Ask("teacher", one("views", "member_id = :member_coordinator")),
        ),
        holds=(
            Ask("coordinator", one("views", "member_id = :member_officer")),
            Ask("neighbour", of_forum("views")),
            Ask("nobody", of_forum("views")),
        ),
    ),
    "views.views_keep": Probe(
        lets=(
            Ask("teacher", VIEW.format(of="teacher", shared="false")),
            Ask("administrator", VIEW.format(of="administrator", shared="true")),
        ),
        holds=(
            Ask("officer", VIEW.format(of="officer", shared="true")),
            Ask("officer", VIEW.format(of="teacher", shared="false")),
            Ask("neighbour", VIEW.format(of="officer", shared="false")),
        ),
    ),
    "views.views_remove": Probe(
        lets=(
            Ask("officer", "DELETE FROM views WHERE member_id = :member_officer"),
            Ask("administrator", "DELETE FROM views WHERE shared"),
        ),
        holds=(Ask("officer", "DELETE FROM views WHERE shared"), Ask("landlord", "DELETE FROM views")),
    ),
    "visits.visits_own": Probe(
        lets=(Ask("officer", one("visits", "member_id = :member_officer")),),
        holds=(
            Ask("administrator", one("visits", "member_id = :member_officer")),
            Ask("neighbour", "UPDATE visits SET previous_at = now()"),
        ),
    ),
}


def _values(story: Story) -> dict[str, Any]:
    """Return the ids that the statements name."""
    world, prize = story.farsta, story.prize
    assert prize is not None
    return {
        "edition": prize.edition_id,
        **{f"office_{name}": value for name, value in prize.offices.items()},
        **{f"nomination_{name}": value for name, value in prize.nominations.items()},
        **{f"motion_{name}": value for name, value in prize.motions.items()},
        "farsta": world.forum_id,
        "rinkeby": story.rinkeby.forum_id,
        "city_of_rinkeby": story.rinkeby.organisations["Stadsdelsförvaltningen"],
        "category": story.category,
        "area_of_the_neighbour": story.neighbours_area,
        "account_of_the_neighbour": story.rinkeby.accounts["teacher"],
        **{f"row_{name}": value for name, value in story.rows.items()},
        **story.work,
        "notice": story.notice,
        **{f"account_{name}": value for name, value in world.accounts.items()},
        **{f"member_{name}": value for name, value in world.members.items()},
        **{f"organisation_{name.lower()}": value for name, value in world.organisations.items()},
    }


@pytest.fixture(scope="module")
def story(sessions: sessionmaker[Session]) -> Story:
    return build_story(sessions)


@contextmanager
def instead(superuser: Engine, policy: str, condition: str | None) -> Iterator[None]:
    """Drop a policy, or let it hold for every row (`true`) or none (`false`); put it back afterwards."""
    table, _, name = policy.partition(".")
    as_it_was = text(
        "SELECT permissive, cmd, qual, with_check FROM pg_policies WHERE tablename = :table AND policyname = :name"
    )
    with superuser.connect() as connection:
        kind, command, using, check = connection.execute(as_it_was, {"table": table, "name": name}).one()
        create = f"CREATE POLICY {name} ON {table} AS {kind} FOR {command} TO trygg_app"
        clauses = [("USING", using)] if using else []
        clauses += [("WITH CHECK", check)] if check else []
        try:
            connection.execute(text(f"DROP POLICY {name} ON {table}"))
            if condition:
                connection.execute(text(" ".join([create, *(f"{clause} ({condition})" for clause, _ in clauses)])))
            yield
        finally:
            connection.execute(text(f"DROP POLICY IF EXISTS {name} ON {table}"))
            connection.exec_driver_sql(" ".join([create, *(f"{clause} ({was})" for clause, was in clauses)]))


def touched(sessions: sessionmaker[Session], story: Story, asks: tuple[Ask, ...]) -> list[bool]:
    answers = []
    for ask in asks:
        with sessions() as session:
            answers.append(bool(ask.touches(session, story)))
            session.rollback()
    return answers


def policies(superuser: Engine) -> dict[str, str]:
    found = text("SELECT tablename || '.' || policyname, permissive FROM pg_policies WHERE schemaname = 'public'")
    with superuser.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(found)}


def test_every_policy_has_a_probe(superuser: Engine) -> None:
    assert set(policies(superuser)) == set(PROBES)


@pytest.mark.parametrize("policy", PROBES)
def test_a_policy_lets_through_what_it_should_and_holds_back_the_rest(
    sessions: sessionmaker[Session], story: Story, policy: str
) -> None:
    assert all(touched(sessions, story, PROBES[policy].lets))
    assert not any(touched(sessions, story, PROBES[policy].holds))


@pytest.mark.parametrize("policy", PROBES)
def test_a_dropped_policy_is_noticed(
    superuser: Engine, sessions: sessionmaker[Session], story: Story, policy: str
) -> None:
    permissive = policies(superuser)[policy] == "PERMISSIVE"
    with instead(superuser, policy, None):
        if permissive:
            assert not all(touched(sessions, story, PROBES[policy].lets))
        else:
            assert all(touched(sessions, story, PROBES[policy].holds))
    assert all(touched(sessions, story, PROBES[policy].lets))


@pytest.mark.parametrize("policy", PROBES)
def test_a_policy_that_holds_for_every_row_or_for_none_is_noticed(
    superuser: Engine, sessions: sessionmaker[Session], story: Story, policy: str
) -> None:
    probe = PROBES[policy]
    with instead(superuser, policy, "true"):
        assert all(touched(sessions, story, probe.holds)), "something else holds it back too"
    with instead(superuser, policy, "false"):
        assert not all(touched(sessions, story, probe.lets))
    assert not any(touched(sessions, story, probe.holds))

"""An edition of the prize with its jury and two nominations, so that there is always something to leak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.people import accounts
from forum.people.members import Member
from forum.people.policy import Role
from forum.prize import assessments, contents, editions, gates, jury, motions, nominations, nominators, packs, ties
from forum.prize.assessments import Mark
from forum.prize.awards import Award, Reason
from forum.prize.editions import Edition, Phase
from forum.prize.evidence import Evidence, Kind
from forum.prize.jury import Officer
from forum.prize.motions import Choice, Motion, Outcome, Vote
from forum.prize.nominations import Nomination, Status
from forum.prize.protocol import Line
from forum.prize.ties import Grade, Ruling

CITY, POLICE = "Staden", "Polismyndigheten"
POSTS: dict[str, tuple[Role, str, tuple[str, ...]]] = {
    "secretary": (Role.SECRETARY, "Socialförvaltningen", (CITY,)),
    "chair": (Role.CHAIR, "Stadshuset", (CITY,)),
    "deputy": (Role.DEPUTY, "Länsstyrelsen", ()),
    "juror": (Role.JUROR, "Brottsförebyggande rådet", ()),
    "police_juror": (Role.JUROR, "Polisregionen", (POLICE,)),
    "county": (Role.JUROR, "Regionen", ()),
    "substitute": (Role.SUBSTITUTE, "Högskolan", ()),
}
"""Who holds which office, for whom they work and what that belongs to; the chair is the city's."""
LIGHTS, FOOTBALL = "Ljus på gångvägen", "Fotboll om natten"
COVERS = {
    "lights": (LIGHTS, [f"{CITY} > Stadsdelen", f"{POLICE} > Polisregionen", "Bostadsbolaget"]),
    "football": (FOOTBALL, ["Fotbollsföreningen", "Stadsmissionen"]),
}
"""What was sent in: the first by a member of a forum, of the police juror's own unit; the second by nobody known."""


WORDS_OF = {"lights": "Belysningen var trasig i tre vintrar", "football": "Hallen stod tom om natten"}
"""What each says, in every part of it."""


AREA = {"shape": "POINT (674000 6573000)", "reach_m": 80}
CARD: dict[str, Any] = {
    "measure": "Byt lamporna",
    "place": "Gångvägen",
    "by": "Stadsdelsförvaltningen",
    "months": 3,
    "sentence": "fewer",
    "limits": ["peak"],
    "frozen_on": "2026-05-02",
    "spans": {
        "before": {"first": "2025-01-01", "end": "2025-04-01"},
        "after": {"first": "2026-01-01", "end": "2026-04-01"},
        "seasonal": True,
    },
    "counts": {"treated": [24, 15], "control": [24, 25]},
    "difference": {"estimate": -10.0, "low": -19.0, "high": -1.0},
    "relative": None,
    "series": {"treated": {"months": 1, "before": [8, 9, 7], "after": [5, 5, 5]}},
    "where": {"area": AREA, "control": AREA | {"shape": "POINT (674900 6573400)"}, "ring_m": 100, "under": []},
}
"""An effect card as evidence: the rings' counts are small and left out."""


def address_of(slug: str) -> str:
    """Return the end of the secret address under which an edition's second nomination was written."""
    return f"the end of the address of the second one of {slug}"


@dataclass
class Prize:
    """An edition, and the ids of its offices and nominations by name."""

    edition_id: UUID
    slug: str
    accounts: dict[str, UUID] = field(default_factory=dict)
    offices: dict[str, UUID] = field(default_factory=dict)
    nominations: dict[str, UUID] = field(default_factory=dict)
    motions: dict[str, UUID] = field(default_factory=dict)
    nominators: dict[str, UUID] = field(default_factory=dict)
    """Accounts of those who have one, by what they nominated."""

    def acting(self, session: Session, name: str) -> Officer:
        """Return somebody in the jury, for whom the session acts from now on."""
        return jury.acting(session, self.accounts[name], self.slug)[0]

    def edition(self, session: Session) -> Edition:
        """Return the edition as whoever acts sees it."""
        return editions.by_slug(session, self.slug)

    def cover(self, session: Session, name: str) -> Nomination:
        """Return the cover of a nomination as whoever acts sees it."""
        return session.get_one(Nomination, self.nominations[name])


def days_of(phase: Phase) -> dict[str, Any]:
    """Return the days of an edition that is in the middle of a phase now."""
    today, order = clock.local(clock.now()).date(), list(Phase)
    first = today - timedelta(days=10 + 20 * (order.index(phase) - 1))
    step = [first + timedelta(days=20 * n) for n in range(6)]
    ceremony = clock.to_utc(f"{step[4]}T18:00", "ceremony_at")
    return {
        "opens_on": step[0],
        "closes_on": step[1] - timedelta(days=1),
        "assess_from": step[2],
        "assess_until": step[3] - timedelta(days=1),
        "ceremony_at": ceremony,
    }


def move_to(session: Session, prize: Prize, phase: Phase) -> None:
    """Let the edition be in another phase, past the guard that keeps its days: as an owner of the database would."""
    days: Mapping[str, date] = days_of(phase)
    session.execute(text("ALTER TABLE editions DISABLE TRIGGER editions_rules"))
    changes = ", ".join(f"{name} = :{name}" for name in days)
    session.execute(text(f"UPDATE editions SET {changes} WHERE slug = :slug"), {**days, "slug": prize.slug})
    session.execute(text("ALTER TABLE editions ENABLE TRIGGER editions_rules"))


def build_prize(session: Session, nominator: Member, phase: Phase = Phase.ASSESSING, slug: str = "staden") -> Prize:
    """Return an edition in a phase, with a jury and two nominations that were sent in; no tie is declared yet."""
    prize = open_edition(session, phase, slug)
    for name, account in (("lights", nominator.account_id), ("football", None)):
        _send_in(session, prize, name, account, nominator.forum_id)
    return prize


def open_edition(session: Session, phase: Phase = Phase.OPEN, slug: str = "staden") -> Prize:
    """Return an edition in a phase, with a jury, to which nothing was sent in."""
    rights.become(session, rights.OPERATOR)
    days = days_of(phase)
    year = days["ceremony_at"].year
    facts: Any = {"name": f"Trygghetspriset {year}", "theme": "Stärkt samverkan", "sum_kr": 50_000, "quorum": 3}
    edition = editions.create(session, slug=slug, year=year, **facts, **days)
    prize = Prize(edition.id, slug)
    _appoint(session, prize, edition)
    rights.become(session, rights.Principal(account=prize.accounts["secretary"]))
    editions.open_(session, prize.acting(session, "secretary"), prize.edition(session))
    return prize


def _appoint(session: Session, prize: Prize, edition: Edition) -> None:
    for name, (role, organisation, above) in POSTS.items():
        account = accounts.account_of(session, email=f"{name}@{prize.slug}.example.org", name="")
        post: jury.Post = {"office": role, "organisation": organisation, "belongs_to": above, "title": ""}
        prize.accounts[name] = account
        prize.offices[name] = jury.found(session, edition, account, **post).id


def _send_in(session: Session, prize: Prize, name: str, account: UUID | None, forum_id: UUID) -> None:
    """Write a nomination as if it had been sent in while it could be."""
    title, named = COVERS[name]
    if account is not None:
        rights.become(session, rights.Principal(account=account))
        row = "INSERT INTO nominations (edition_id, nr, account_id, forum_id) VALUES (:e, next_nomination(:e), :a, :f)"
        session.execute(text(row), {"e": prize.edition_id, "a": account, "f": forum_id})
        mine = text("SELECT id FROM nominations WHERE account_id = :a AND edition_id = :e")
        found = session.scalars(mine, {"a": account, "e": prize.edition_id}).one()
    else:
        rights.become(session, rights.NOBODY)
        key = accounts.digest(address_of(prize.slug))
        start = text("SELECT start_nomination(:slug, :key, 'sv')")
        found = session.scalars(start, {"slug": prize.slug, "key": key}).one()
        rights.become(session, rights.Principal(nomination=key))
    prize.nominations[name] = found
    if account is not None:
        prize.nominators[name] = account
    nomination = session.get_one(Nomination, found)
    nominations.entitle(session, nomination, title=title, organisations=named)
    nomination.status, nomination.submitted_at = Status.SUBMITTED, clock.now()
    session.flush()


def write_content(session: Session, prize: Prize, name: str) -> None:
    """Let a nomination say something, rest on evidence and be sealed: as if written while it could be."""
    rights.become(session, _nominator_of(prize, name))
    nomination = session.get_one(Nomination, prize.nominations[name])
    about = {"edition_id": prize.edition_id, "nomination_id": nomination.id}
    nomination.status = Status.DRAFT
    sent, nomination.submitted_at = nomination.submitted_at, None
    session.flush()
    said = {part: f"{WORDS_OF[name]} ({part})" for part in contents.PARTS}
    session.add_all(
        [contents.Content(**about, **said), nominators.Contact(**about, name="x", email=f"{name}@example.org")]
    )
    snapshot = {"kind": Kind.DECISION, "title": "Byt lamporna", "source_id": uuid4(), "hash": bytes(32)}
    session.add(Evidence(**about, **snapshot, nr=1, content={"day": "2026-01-08", "nr": 1, "words": "Byt lamporna"}))
    paper = {"kind": Kind.DOCUMENT, "title": "Rapport", "document": b"%PDF-", "hash": bytes(32)}
    session.add(Evidence(**about, **paper, nr=2, content={"pages": 1}))
    card = {"kind": Kind.EFFECT, "title": CARD["measure"], "source_id": uuid4(), "hash": bytes(32)}
    session.add(Evidence(**about, **card, nr=3, content=CARD))
    session.flush()
    packs.seal(session, nomination)
    nomination.status, nomination.submitted_at = Status.SUBMITTED, sent
    session.flush()


def begin_draft(session: Session, prize: Prize, account: UUID, name: str = "draft") -> Nomination:
    """Return a draft of an account, as if begun while it could be."""
    rights.become(session, rights.Principal(account=account))
    row = "INSERT INTO nominations (edition_id, nr, account_id) VALUES (:e, next_nomination(:e), :a) RETURNING id"
    prize.nominations[name] = session.scalars(text(row), {"e": prize.edition_id, "a": account}).one()
    prize.nominators[name] = account
    return session.get_one(Nomination, prize.nominations[name])


def _nominator_of(prize: Prize, name: str) -> rights.Principal:
    if name == "football":
        return rights.Principal(nomination=accounts.digest(address_of(prize.slug)))
    return rights.Principal(account=prize.nominators[name])


def declare_all(session: Session, prize: Prize) -> None:
    """Let everybody in the jury declare what the organisations suggest, and let chair and deputy rule.

    The police juror is excluded from the lights; the chair and the secretary, of the same city, take part.
    """
    for name in prize.offices:
        officer = prize.acting(session, name)
        for nomination in nominations.covers(session, officer):
            grade = ties.suggested(officer, nomination)
            ties.declare(session, officer, nomination, grade, reason="" if grade is Grade.NONE else "Samma huvudman")
    for name in ("deputy", "chair"):
        officer = prize.acting(session, name)
        for tie in ties.waiting(session, officer):
            nomination = session.get_one(Nomination, tie.nomination_id)
            ties.rule(session, officer, nomination, tie, ruling=Ruling.ALLOWED, reason="Annan del av staden")


def pass_gate(session: Session, prize: Prize) -> None:
    """Let every nomination meet the must-criteria, as the verb of the secretary writes it in any phase."""
    secretary = prize.acting(session, "secretary")
    edition = prize.edition(session)
    for nomination in nominations.covers(session, secretary):
        for criterion in edition.must:
            about = {"edition_id": edition.id, "nomination_id": nomination.id, "criterion": criterion.code}
            session.add(gates.Verdict(**about, met=True, reason="Framgår av underlaget", by_id=secretary.office_id))
    session.flush()


LEVELS = {"chair": 3, "deputy": 3, "juror": 2, "police_juror": 4, "county": 3}


def assess(session: Session, prize: Prize, name: str, on: str, level: int | None = None) -> assessments.Assessment:
    """Let somebody assess a nomination, the same level on everything, and hand it in."""
    officer, nomination = prize.acting(session, name), prize.cover(session, on)
    marks = {each.code: Mark(level or LEVELS[name], "Visas i underlaget") for each in prize.edition(session).considered}
    assessments.save(session, officer, nomination, marks)
    return assessments.hand_in(session, officer, nomination)


def assess_all(session: Session, prize: Prize) -> None:
    """Let everybody who assesses hand in an assessment of everything that is open to them."""
    pass_gate(session, prize)
    for name in LEVELS:
        officer = prize.acting(session, name)
        for on, nomination in prize.nominations.items():
            if session.scalar(select(func.stands_free(prize.edition_id, nomination, officer.office_id))):
                assess(session, prize, name, on)


def carry(session: Session, prize: Prize, on: str | None, votes: Mapping[str, Choice] | None = None) -> Motion:
    """Let whoever presides put a motion, those of `votes` vote on it (three say yes), and it be closed."""
    pass_gate(session, prize)
    chair, edition = prize.acting(session, "chair"), prize.edition(session)
    motion = motions.put(session, chair, edition, prize.cover(session, on) if on else None)
    for name, choice in (votes or dict.fromkeys(("chair", "deputy", "juror"), Choice.YES)).items():
        motions.vote(session, prize.acting(session, name), prize.edition(session), motion, choice)
    motions.close(session, prize.acting(session, "chair"), prize.edition(session), motion)
    return motion


def decide_at_once(session: Session, prize: Prize, citation: str) -> None:
    """Let the lights have the prize, by a motion that was carried, whatever the day."""
    chair = prize.acting(session, "chair")
    about = {"edition_id": prize.edition_id, "nomination_id": prize.nominations["lights"]}
    motion = Motion(**about, by_id=chair.office_id)
    session.add(motion)
    session.flush()
    session.add(Vote(**about, motion_id=motion.id, office_id=chair.office_id, choice=Choice.YES))
    session.flush()
    prize.motions["lights"] = motion.id
    motion.closed_at, motion.outcome = clock.now(), Outcome.CARRIED
    session.flush()
    decided = {"motion_id": motion.id, "decided_by_id": chair.office_id, "votes": {}, "hash": bytes(32)}
    session.add(Award(**about, citation=citation, **decided))
    session.add(Reason(**about, words=citation, by_id=chair.office_id))
    session.flush()


def deliberate(session: Session, prize: Prize) -> None:
    """Let something be said of the lights and of the meeting, and a motion on the football wait for votes."""
    chair = prize.acting(session, "chair")
    for about in (prize.nominations["lights"], None):
        session.add(Line(edition_id=prize.edition_id, nomination_id=about, by_id=chair.office_id, words="Sagt"))
    football = {"edition_id": prize.edition_id, "nomination_id": prize.nominations["football"]}
    motion = Motion(**football, by_id=chair.office_id)
    session.add(motion)
    session.flush()
    prize.motions["football"] = motion.id
    session.add(Vote(**football, motion_id=motion.id, office_id=chair.office_id, choice=Choice.NO))
    session.flush()

"""Where evidence comes from (källor): what a forum can lend a nomination, as everybody may see it.

A member begins from the forum, a place or a measure; what hangs together with it in the chain is offered. Everything is
read for the whole forum, whoever asks: what only authorities see neither counts nor shows. What the jury is told later
of a source is only that there is something newer, and since when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forum.foundation import clock, rights
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people import audiences, organisations
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.prize.evidence import WHERE, Evidence, Kind, Snapshot, shown
from forum.prize.nominations import folded
from forum.register import finding, places
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from forum.register.places import Place
from forum.register.steps import Step
from forum.work import chain, effects, measures, meetings, minutes, pictures, publications
from forum.work.chain import Chain
from forum.work.decisions import Decision
from forum.work.effects import Effect
from forum.work.measures import Measure, Status
from forum.work.minutes import Form, Sealed
from forum.work.pictures import FrozenPicture
from forum.work.publications import Publication

DONE = frozenset({Status.CARRIED_OUT, Status.FOLLOWED_UP, Status.WITHOUT_EFFECT})
LATEST = 3
"""So many published months and pictures of a forum are offered."""
PAIRS = ("treated", "control", "ring", "ring_control")
MARKS = ("reported", "decided", "carried_out")


@dataclass(frozen=True)
class Drawn:
    """What the chain gives a nomination: evidence, organisations and what they did, facts for its text."""

    snapshots: list[Snapshot]
    records: list[dict[str, Any]]
    place: str
    measures: list[str]
    deviations: int | None
    """None where so few, or of so few organisations, that it is not told."""
    reporters: int | None

    def snapshot(self, source: UUID) -> Snapshot:
        """Return what was made of one source; refuses what is not offered."""
        found = next((each for each in self.snapshots if each.source_id == source), None)
        if found is None:
            message = N_("The chain that you named does not offer this.")
            remedy = N_(
                "Name the measure, the place or the forum that it belongs to, and one of what is offered there."
            )
            raise Invalid(message, field="source", value=source, remedy=remedy)
        return found


def of_measure(session: Session, member: Member, measure: Measure) -> Drawn:
    """Return what hangs together with a measure."""
    reference = measure.id
    with audiences.narrowed(session, Audience.FORUM):
        seen = measures.get(session, member, reference)
        return _drawn(session, member, chain.of_measure(session, member, seen))


def of_place(session: Session, member: Member, place: Place) -> Drawn:
    """Return what hangs together with a place."""
    reference = place.id
    with audiences.narrowed(session, Audience.FORUM):
        return _drawn(session, member, chain.of_place(session, member, places.get(session, member, reference)))


def of_forum(session: Session, member: Member) -> Drawn:
    """Return what stands for the whole forum's work: its latest pictures and published months, and who did what."""
    with audiences.narrowed(session, Audience.FORUM):
        latest = _public(pictures.all_of(session, member))[:LATEST]
        frozen = [_picture(each, organisations.named_by(session, each.organisation_id)) for each in latest]
        today = clock.local(clock.now()).date()
        issues = publications.made(session, member, date(2000, 1, 1), today)[-LATEST:]
        did: dict[UUID, dict[str, bool]] = {}
        here = finding.everything(session, member, Filter())
        who = select(Deviation.organisation_id).where(*here).distinct()
        _note(did, "reported", session.scalars(who))
        _note(did, "carried_out", (m.owner_id for m in measures.all_of(session, member, tuple(DONE))))
        for meeting in meetings.all_of(session, member):
            _note(did, "decided", meetings.attendance(session, member, meeting))
        snapshots = [*frozen, *(_issue(each, member.forum_name) for each in reversed(issues))]
        return Drawn(snapshots, _records(session, member, did), "", [], None, None)


def _drawn(session: Session, member: Member, held: Chain) -> Drawn:
    """Return what a chain gives; the session sees what the whole forum may."""
    did: dict[UUID, dict[str, bool]] = {}
    reporters = {deviation.organisation_id for deviation in held.deviations}
    _note(did, "reported", reporters)
    for meeting in held.meetings:
        _note(did, "decided", meetings.attendance(session, member, meeting))
    _note(did, "carried_out", (each.owner_id for each in held.measures if Status(each.status) in DONE))
    counts = (len(held.deviations), len(reporters))
    told = shown(*counts) and not held.more
    return Drawn(
        list(_snapshots(session, member, held)),
        _records(session, member, did),
        ", ".join(place.name for place in held.places),
        [each.title for each in held.measures if Status(each.status) in DONE],
        counts[0] if told else None,
        counts[1] if told else None,
    )


def _note(did: dict[UUID, dict[str, bool]], what: str, who: Iterable[UUID]) -> None:
    for each in who:
        did.setdefault(each, {})[what] = True


def _records(session: Session, member: Member, did: Mapping[UUID, Mapping[str, bool]]) -> list[dict[str, Any]]:
    """Return each organisation as a line from the topmost, with whether it reported, decided and carried out."""
    there = {each.id: each for each in organisations.all_of(session, member.forum_id)}
    said = [
        {"organisation": line(there, each), **{m: did[each].get(m, False) for m in MARKS}}
        for each in did
        if each in there
    ]
    return together(said)


def together(*held: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of several chains as one: each organisation with all that it did, by name."""
    found: dict[str, dict[str, Any]] = {}
    for record in (each for records in held for each in records):
        kept = found.setdefault(record["organisation"], dict(record))
        kept |= {mark: kept[mark] or record[mark] for mark in MARKS}
    return [found[name] for name in sorted(found)]


def line(there: Mapping[UUID, Organisation], reference: UUID) -> str:
    """Return an organisation with all that it belongs to before it, the topmost first."""
    found = there[reference]
    above = found.parent_id
    return f"{line(there, above)} > {found.name}" if above is not None and above in there else found.name


def unseen(named: Iterable[str], records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return those of the organisations that a nomination names of which the register has no trace."""
    there = {_own(str(record["organisation"])) for record in records}
    return [line for line in named if _own(line) not in there]


def _own(line: str) -> str:
    """Return an organisation's own name, without what it belongs to."""
    return folded(line.rpartition(">")[2])


# --- snapshots --------------------------------------------------------------------------------------------------------


def _snapshots(session: Session, member: Member, held: Chain) -> Iterator[Snapshot]:
    named = {place.id: place.name for place in held.places}
    days = {meeting.id: meeting.day for meeting in held.meetings}
    for measure in held.measures:
        cards = _public(effects.of_measures(session, member, [measure.id]))
        if cards:
            who = organisations.named_by(session, cards[0].organisation_id)
            yield effect(cards[0], measure.title, named.get(measure.place_id, ""), who)
    later = {decision.replaces_id for decision in held.decisions}
    for decision in held.decisions:
        if decision.id not in later:
            who = organisations.named_by(session, decision.organisation_id)
            yield _decision(decision, days[decision.meeting_id], who)
    for meeting in held.meetings:
        sealed = minutes.of_meeting(session, member, meeting)
        ours = [each for each in sealed if (each.audience, each.form) == ("forum", Form.PDF)]
        yield from (_minutes(each, meeting.day, member.forum_name) for each in ours)


def _public(frozen: Iterable[Any]) -> list[Any]:
    """Return what was frozen for no fewer than the whole forum."""
    return [each for each in frozen if each.audience != Audience.AUTHORITIES]


def effect(kept: Effect, title: str, place: str, by: str = "") -> Snapshot:
    """Return an effect card as everybody may see it, with where its areas lie for the jury alone."""
    card = kept.card
    content: dict[str, Any] = {
        "measure": title,
        "place": place,
        "by": by,
        "months": kept.months,
        "sentence": card["weighed"]["sentence"],
        "limits": card["weighed"]["limits"],
        "frozen_on": clock.local(kept.made_at).date().isoformat(),
        WHERE: _where(card),
    }
    return Snapshot(Kind.EFFECT, title, kept.id, bytes(kept.hash), content | _figures(card))


def _where(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return the areas of a card and the ground under their map: shapes alone, nothing that was counted."""
    control = card["control"]
    return {"area": card["area"], "control": control and control["area"], "ring_m": card["ring_m"],
            "under": card["under"]}  # fmt: skip


def _figures(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a card's figures singles out nobody: the difference where the counts that it is of are told."""
    figures = card["weighed"]["figures"]
    if figures is None:
        return {}
    told = card.get("told") or _told_before(card)
    if not {"treated", "control"} <= set(told["pairs"]):
        return {"spans": figures["spans"]}
    said = {name: figures[name] for name in ("spans", "difference", "relative")}
    series = {name: told[name] for name in ("treated", "control") if told.get(name)}
    return said | {"counts": {name: figures[name] for name in PAIRS if name in told["pairs"]}, "series": series}


def _told_before(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is told of a card that says nothing of it itself, by who reported at the place: all or nothing."""
    figures, reporters = card["weighed"]["figures"], min(card["inputs"]["reporters"])
    large = all(shown(count, reporters) for name in PAIRS for count in figures[name])
    return {"pairs": PAIRS if large else ()}


def _picture(frozen: FrozenPicture, by: str) -> Snapshot:
    total = frozen.figures.get("total") or {}
    count, who = total.get("count"), (total.get("reporters") or {}).get("now")
    content: dict[str, Any] = {"first": frozen.first_day.isoformat(), "end": frozen.end_day.isoformat(), "by": by}
    if isinstance(count, int) and isinstance(who, int) and shown(count, who):
        content |= {"count": count, "reporters": who}
    return Snapshot(Kind.PICTURE, frozen.first_day.isoformat(), frozen.id, bytes(frozen.hash), content)


def _decision(decision: Decision, day: date, by: str) -> Snapshot:
    content = {"day": day.isoformat(), "nr": decision.nr, "words": decision.words, "by": by}
    return Snapshot(Kind.DECISION, decision.words, decision.id, None, content)


def _minutes(sealed: Sealed, day: date, by: str) -> Snapshot:
    sealed_on = clock.local(sealed.sealed_at).date().isoformat()
    content = {"day": day.isoformat(), "sealed_on": sealed_on, "by": by}
    return Snapshot(Kind.MINUTES, day.isoformat(), sealed.id, bytes(sealed.hash), content)


def _issue(issue: Publication, by: str) -> Snapshot:
    content = {"month": f"{issue.month:%Y-%m}", "by": by}
    return Snapshot(Kind.PUBLICATION, f"{issue.month:%Y-%m}", issue.id, bytes(issue.hash), content)


# --- the register has moved on ----------------------------------------------------------------------------------------


def moved_on(session: Session, held: Iterable[Evidence]) -> dict[int, date]:
    """Return since which day there is something newer than a piece of evidence, by its number.

    It is looked up by each forum's own work, and nothing else of the forum is told.
    """
    found = [(each.nr, Kind(each.kind), each.forum_id, each.source_id) for each in held]
    newer: dict[int, date] = {}
    with rights.kept(session):
        for nr, kind, forum_id, source in found:
            if forum_id is None or source is None or kind not in NEWER:
                continue
            rights.become(session, rights.Principal(system=forum_id, audience=Audience.FORUM))
            moment = NEWER[kind](session, source)
            if moment is not None:
                newer[nr] = clock.local(moment).date()
    return newer


def _newer_effect(session: Session, source: UUID) -> Any:
    kept = session.get(Effect, source)
    if kept is None:
        return None
    later = session.scalar(
        select(func.min(Effect.made_at)).where(
            Effect.measure_id == kept.measure_id, Effect.made_at > kept.made_at, Effect.audience != Audience.AUTHORITIES
        )
    )
    again = session.scalar(
        select(func.min(Step.at)).where(
            Step.thing_id == kept.measure_id, Step.action == measures.Step.REOPEN, Step.at > kept.made_at
        )
    )
    return min((moment for moment in (later, again) if moment is not None), default=None)


def _newer_picture(session: Session, source: UUID) -> Any:
    kept = session.get(FrozenPicture, source)
    if kept is None:
        return None
    later = select(func.min(FrozenPicture.frozen_at)).where(
        FrozenPicture.forum_id == kept.forum_id,
        FrozenPicture.meeting_id.is_(None),
        FrozenPicture.frozen_at > kept.frozen_at,
        FrozenPicture.audience != Audience.AUTHORITIES,
    )
    return session.scalar(later)


def _replaced(session: Session, source: UUID) -> Any:
    return session.scalar(select(func.min(Decision.at)).where(Decision.replaces_id == source))


NEWER = {Kind.EFFECT: _newer_effect, Kind.PICTURE: _newer_picture, Kind.DECISION: _replaced}

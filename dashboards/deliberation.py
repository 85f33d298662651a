"""The deliberation (överläggningen): agreement and spread, protocol, motions and votes, decision and reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func, select

from api.jury import Seat
from dashboards import view, words
from dashboards.jury import InJury, Sent, attempt, head
from dashboards.view import Form, plain
from forum.foundation.language import N_, text
from forum.people.policy import Action, may
from forum.prize import assessments, awards, motions, nominations, protocol, ties
from forum.prize.assessments import Spread
from forum.prize.editions import Phase
from forum.prize.motions import CHOICE_WORDS, OUTCOME_WORDS, Choice, Motion, Outcome
from forum.prize.nominations import Nomination

router = APIRouter()
HERE = "/overlaggning"
DONE = {
    "line": N_("The line is in the protocol."),
    "put": N_("The motion is put to the vote."),
    "voted": N_("Your vote is cast."),
    "closed": N_("The vote is closed and counted."),
    "decided": N_("The decision is written down. It is known to everybody from the ceremony on."),
    "reason": N_("The reason is written down. Its nominator reads it after the ceremony."),
}


@router.get("/priset/{edition}/overlaggning")
def show(request: Request, seat: InJury) -> HTMLResponse:
    """Show what the jury thinks of what is open to the reader, and what is to be decided."""
    key = request.query_params.get("done", "")
    return _page(request, seat, done=text(DONE[key], view.language_of(request)) if key in DONE else "")


@router.post("/priset/{edition}/overlaggning/protokoll")
def write(request: Request, seat: InJury, form: Form) -> Response:
    """Write a line of the protocol."""
    sent = Sent(request, seat, form, ("words",), f"-{plain(form, 'nr')}")

    def step() -> str:
        protocol.write(seat.session, seat.officer, seat.edition, sent["words"], _about(seat, form))
        return "line"

    return attempt(sent, _page, step, HERE)


@router.post("/priset/{edition}/overlaggning/yrkanden")
def put(request: Request, seat: InJury, form: Form) -> Response:
    """Put a motion to the vote."""

    def step() -> str:
        motions.put(seat.session, seat.officer, seat.edition, _about(seat, form))
        return "put"

    return attempt(Sent(request, seat, form), _page, step, HERE)


@router.post("/priset/{edition}/overlaggning/yrkanden/{motion}/rost")
def vote(request: Request, seat: InJury, motion: UUID, form: Form) -> Response:
    """Vote on a motion."""
    sent = Sent(request, seat, form)

    def step() -> str:
        found = motions.get(seat.session, seat.officer, motion)
        motions.vote(seat.session, seat.officer, seat.edition, found, sent.among("choice", Choice))
        return "voted"

    return attempt(sent, _page, step, HERE)


@router.post("/priset/{edition}/overlaggning/yrkanden/{motion}/avsluta")
def close(request: Request, seat: InJury, motion: UUID, form: Form) -> Response:
    """Close the vote on a motion."""
    sent = Sent(request, seat, form, ("casting",), f"-{motion}")

    def step() -> str:
        found = motions.get(seat.session, seat.officer, motion)
        casting = sent.among("casting", Choice) if sent["casting"] else None
        motions.close(seat.session, seat.officer, seat.edition, found, casting)
        return "closed"

    return attempt(sent, _page, step, HERE)


@router.post("/priset/{edition}/overlaggning/yrkanden/{motion}/pris")
def decide(request: Request, seat: InJury, motion: UUID, form: Form) -> Response:
    """Award the prize as a carried motion says."""
    sent = Sent(request, seat, form, ("citation",), f"-{motion}")

    def step() -> str:
        found = motions.get(seat.session, seat.officer, motion)
        awards.decide(seat.session, seat.officer, seat.edition, found, sent["citation"])
        return "decided"

    return attempt(sent, _page, step, HERE)


@router.post("/priset/{edition}/overlaggning/skal")
def give_reason(request: Request, seat: InJury, form: Form) -> Response:
    """Write down why a nomination was not chosen."""
    sent = Sent(request, seat, form, ("words",), f"-why-{plain(form, 'nr')}")

    def step() -> str:
        about = nominations.cover(seat.session, seat.officer, _number(form))
        awards.give_reason(seat.session, seat.officer, seat.edition, about, sent["words"])
        return "reason"

    return attempt(sent, _page, step, HERE)


def _about(seat: Seat, form: Form) -> Nomination | None:
    """Return the nomination that a form is about, None for the meeting or the year as a whole."""
    return nominations.cover(seat.session, seat.officer, _number(form)) if plain(form, "nr") else None


def _number(form: Form) -> int:
    given = plain(form, "nr")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0


# --- what the page shows ---------------------------------------------------------------------------------------------


def _page(request: Request, seat: Seat, *, status: int = 200, **more: Any) -> HTMLResponse:
    language, officer = view.language_of(request), seat.officer
    seat.session.refresh(seat.edition)
    table = _Table(seat, language)
    covers = nominations.covers(seat.session, officer)
    own = ties.of_mine(seat.session, officer)
    context = head(seat, language) | {
        "deciding": seat.edition.phase is Phase.DECIDING and seat.edition.stopped_at is None,
        "announced": seat.edition.phase is Phase.ANNOUNCED,
        "leads": may(officer, Action.PROTOCOL_WRITE),
        "whole": {
            "lines": table.lines(None),
            "motions": table.motions(None),
            "presides": table.presides(None),
            "unled": "" if motions.led(seat.session, officer, None) else text(motions.NOBODY_LEADS, language),
        },
        "nominations": [
            table.nomination(each) if (tie := own.get(each.id)) is not None and tie.opens else table.closed(each, tie)
            for each in covers
        ],
        "choices": [(choice.value, text(say, language)) for choice, say in CHOICE_WORDS.items()],
    }
    return view.render(request, "deliberation.html", status=status, **context | more)


class _Table:
    """What lies on the jury's table, as far as one reader may see it, in one language."""

    def __init__(self, seat: Seat, language: str) -> None:
        self.seat, self.language, self.session = seat, language, seat.session
        self.written, self.put = protocol.of(seat.session, seat.officer), motions.all_of(seat.session, seat.officer)
        self.decided = {each.motion_id: each for each in awards.standing(seat.session, seat.edition)}

    def closed(self, nomination: Nomination, tie: ties.Tie | None) -> dict[str, Any]:
        """Return title and organisations of one that is closed, and whether the reader is tied to it."""
        return self._cover(nomination) | {"open": False, "tied": tie is not None and tie.excludes}

    def nomination(self, nomination: Nomination) -> dict[str, Any]:
        """Return what the jury thinks and does with one that is open."""
        officer = self.seat.officer
        counted = assessments.handed_in(self.session, officer, nomination)
        return self._cover(nomination) | {
            "open": True,
            "blind": assessments.blind(self.session, officer, nomination),
            "spread": [self._spread(each) for each in assessments.spread(self.session, officer, nomination)],
            "assessments": [self._assessment(office.known_as, each) for office, each in counted],
            "set_aside": [office.known_as for office in assessments.set_aside(self.session, officer, nomination)],
            "lines": self.lines(nomination.id),
            "motions": self.motions(nomination.id),
            "presides": self.presides(nomination.id),
            "reason": awards.reason_for(self.session, nomination.id),
        }

    def presides(self, nomination_id: UUID | None) -> bool:
        """Tell whether the reader leads this decision."""
        officer = self.seat.officer
        return may(officer, Action.MOTION_PUT) and motions.presides(self.session, officer, nomination_id)

    def lines(self, nomination_id: UUID | None) -> list[dict[str, str]]:
        """Return the protocol of a nomination, or of the meeting as a whole."""
        return [
            {"words": line.words, "when": words.moment(line.at, self.language)}
            for line in self.written
            if line.nomination_id == nomination_id
        ]

    def motions(self, nomination_id: UUID | None) -> list[dict[str, Any]]:
        """Return the motions about a nomination, or that nobody gets the prize."""
        return [self._motion(each) for each in self.put if each.nomination_id == nomination_id]

    def _motion(self, motion: Motion) -> dict[str, Any]:
        officer = self.seat.officer
        cast, open_ = motions.votes(self.session, motion), motion.closed_at is None
        mine = next((v for v in cast if open_ or v.office_id == officer.office_id), None)  # an open one shows one's own
        free = may(officer, Action.VOTE_CAST) and motions.stands_free(self.session, officer, motion.nomination_id)
        award = self.decided.get(motion.id)
        voters = func.voters(motion.edition_id, motion.nomination_id)
        return {
            "id": motion.id,
            "open": open_,
            "outcome": text(OUTCOME_WORDS[Outcome(motion.outcome)], self.language) if motion.outcome else "",
            "carried": motion.outcome == Outcome.CARRIED,
            "votes": free and mine is None and open_,
            "mine": text(CHOICE_WORDS[Choice(mine.choice)], self.language) if mine else "",
            "tally": motions.tally(self.session, motion) if motion.closed_at else None,
            "voters": self.session.scalar(select(voters)),
            "casting": text(CHOICE_WORDS[Choice(motion.casting)], self.language) if motion.casting else "",
            "citation": award.citation if award else "",
            "seal": bytes(award.hash).hex()[:16] if award else "",
        }

    def _cover(self, nomination: Nomination) -> dict[str, Any]:
        lines = [" > ".join(line) for line in ties.lines_of(nomination)]
        return {"nr": nomination.nr, "title": nomination.title, "organisations": lines}

    def _assessment(self, who: str, each: assessments.Assessment) -> dict[str, Any]:
        marks = [each.mark(criterion.code) for criterion in self.seat.edition.considered]
        said = [("–" if mark.level is None else str(mark.level), mark.reason) for mark in marks if mark]
        return {"who": who, "marks": said}

    def _spread(self, spread: Spread) -> dict[str, Any]:
        most = max(spread.counts)
        bars = [
            {"level": level, "count": count, "x": 10 + 100 * (level - 1), "height": round(48 * count / (most or 1)),
             "most": bool(count) and count == most}
            for level, count in enumerate(spread.counts, 1)
        ]  # fmt: skip
        return {
            "name": spread.criterion.name(self.language),
            "said": self._said(spread),
            "bars": bars,
            "width": 100 * len(bars),
            "levels": [(level, each.name(self.language), spread.counts[level - 1])
                       for level, each in enumerate(spread.criterion.levels, 1)],
            "abstained": spread.abstained,
        }  # fmt: skip

    def _said(self, spread: Spread) -> str:
        if spread.ends is None:
            return text(N_("Everybody abstained."), self.language)
        low, high = spread.ends
        if low == high:
            return text(N_("All %(n)s chose level %(level)s."), self.language, n=spread.assessed, level=low)
        message = N_("%(agree)s of %(n)s chose the same level; the levels go from %(low)s to %(high)s.")
        return text(message, self.language, agree=spread.agree, n=spread.assessed, low=low, high=high)

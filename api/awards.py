"""The decision over HTTP: protocol, motions, votes, the award and why the others were not chosen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from api.jury import Id, Nr, Seat, SeatDep
from api.reading import Body, JsonRoute
from forum.people.policy import Action, may
from forum.prize import awards, motions, nominations, protocol
from forum.prize.awards import Award
from forum.prize.motions import Choice, Motion, Outcome
from forum.prize.nominations import Nomination

router = APIRouter(prefix="/api/v1/editions/{edition}", tags=["jury"], route_class=JsonRoute)
About = Field(None, ge=1, le=100_000, description="The number of a nomination; without it the year as a whole")


class LineBody(Body):
    """A line of the protocol."""

    words: str
    nomination: int | None = About


class MotionBody(Body):
    """That a nomination gets the prize; without one, that nobody does."""

    nomination: int | None = About


class VoteBody(Body):
    """A vote, which is cast once."""

    choice: Choice


class CountBody(Body):
    """The casting vote, where yes and no are as many and whoever presides abstained."""

    casting: Choice | None = None


class CitationBody(Body):
    """The citation, for everybody to read from the ceremony on."""

    citation: str


class ReasonBody(Body):
    """Why a nomination was not chosen, for its nominator to read after the ceremony."""

    words: str


class LineModel(BaseModel):
    """A line of the protocol."""

    words: str
    nomination: int | None
    at: datetime


class MotionModel(BaseModel):
    """A motion; its votes are told when it is closed."""

    id: UUID
    nomination: int | None
    put_at: datetime
    closed_at: datetime | None
    outcome: Outcome | None
    yes: int | None
    no: int | None
    abstain: int | None
    casting: Choice | None
    yours: Choice | None
    voters: int = Field(description="How many may vote on it")
    may_vote: bool
    presides: bool = Field(description="The reader puts and closes it")


class AwardModel(BaseModel):
    """What was decided; told to nobody outside the jury before the ceremony."""

    nomination: int | None = Field(description="None: nobody gets the prize")
    citation: str
    decided_at: datetime
    seal: str = Field(description="SHA-256, hexadecimal")


class ReasonModel(BaseModel):
    """Why a nomination was not chosen."""

    nomination: int
    words: str


class DeliberationModel(BaseModel):
    """The deliberation as far as the reader may see it."""

    quorum: int
    lines: list[LineModel]
    motions: list[MotionModel]
    awards: list[AwardModel]


@router.get("/deliberation")
def show(seat: SeatDep) -> DeliberationModel:
    """Return protocol, motions and awards of what is open to the reader."""
    session, officer = seat.session, seat.officer
    numbers = {each.id: each.nr for each in nominations.covers(session, officer)}
    return DeliberationModel(
        quorum=seat.edition.quorum,
        lines=[
            LineModel(words=line.words, nomination=_number(numbers, line.nomination_id), at=line.at)
            for line in protocol.of(session, officer)
        ],
        motions=[
            _motion(seat, each, _number(numbers, each.nomination_id)) for each in motions.all_of(session, officer)
        ],
        awards=[_award(each, _number(numbers, each.nomination_id)) for each in awards.standing(session, seat.edition)],
    )


@router.post("/protocol", status_code=201)
def write(seat: SeatDep, line: LineBody) -> LineModel:
    """Write a line of the protocol, of one nomination or of the meeting as a whole."""
    about = _about(seat, line.nomination)
    written = protocol.write(seat.session, seat.officer, seat.edition, line.words, about)
    return LineModel(words=written.words, nomination=line.nomination, at=written.at)


@router.post("/motions", status_code=201)
def put(seat: SeatDep, new: MotionBody) -> MotionModel:
    """Put a motion to the vote, by whoever presides over it."""
    motion = motions.put(seat.session, seat.officer, seat.edition, _about(seat, new.nomination))
    return _motion(seat, motion, new.nomination)


@router.post("/motions/{motion}/votes", status_code=201)
def vote(seat: SeatDep, motion: Id, cast: VoteBody) -> MotionModel:
    """Vote, once."""
    found = motions.get(seat.session, seat.officer, motion)
    motions.vote(seat.session, seat.officer, seat.edition, found, cast.choice)
    return _motion(seat, found, _nr(seat, found))


@router.post("/motions/{motion}/count")
def close(seat: SeatDep, motion: Id, said: CountBody) -> MotionModel:
    """Close the vote and count it."""
    found = motions.get(seat.session, seat.officer, motion)
    motions.close(seat.session, seat.officer, seat.edition, found, said.casting)
    return _motion(seat, found, _nr(seat, found))


@router.post("/motions/{motion}/award", status_code=201)
def decide(seat: SeatDep, motion: Id, said: CitationBody) -> AwardModel:
    """Award the prize, or nobody, as a carried motion says."""
    found = motions.get(seat.session, seat.officer, motion)
    award = awards.decide(seat.session, seat.officer, seat.edition, found, said.citation)
    return _award(award, _nr(seat, found))


@router.post("/nominations/{nr}/reason", status_code=201)
def give_reason(seat: SeatDep, nr: Nr, said: ReasonBody) -> ReasonModel:
    """Write down why a nomination was not chosen."""
    nomination = nominations.cover(seat.session, seat.officer, nr)
    reason = awards.give_reason(seat.session, seat.officer, seat.edition, nomination, said.words)
    return ReasonModel(nomination=nr, words=reason.words)


def _about(seat: Seat, nr: int | None) -> Nomination | None:
    return None if nr is None else nominations.cover(seat.session, seat.officer, nr)


def _number(numbers: dict[UUID, int], nomination_id: UUID | None) -> int | None:
    return None if nomination_id is None else numbers[nomination_id]


def _nr(seat: Seat, motion: Motion) -> int | None:
    return None if motion.nomination_id is None else seat.session.get_one(Nomination, motion.nomination_id).nr


def _motion(seat: Seat, motion: Motion, nr: int | None) -> MotionModel:
    session, officer = seat.session, seat.officer
    cast = motions.votes(session, motion)
    mine = next((Choice(each.choice) for each in cast if each.office_id == officer.office_id), None)
    counted = motions.tally(session, motion) if motion.closed_at else None
    free = may(officer, Action.VOTE_CAST) and motions.stands_free(session, officer, motion.nomination_id)
    return MotionModel(
        id=motion.id,
        nomination=nr,
        put_at=motion.put_at,
        closed_at=motion.closed_at,
        outcome=Outcome(motion.outcome) if motion.outcome else None,
        yes=counted.yes if counted else None,
        no=counted.no if counted else None,
        abstain=counted.abstain if counted else None,
        casting=Choice(motion.casting) if motion.casting else None,
        yours=mine,
        voters=session.scalar(select(func.voters(motion.edition_id, motion.nomination_id))) or 0,
        may_vote=free and mine is None and motion.closed_at is None,
        presides=motions.presides(session, officer, motion.nomination_id),
    )


def _award(award: Award, nr: int | None) -> AwardModel:
    return AwardModel(nomination=nr, citation=award.citation, decided_at=award.decided_at, seal=bytes(award.hash).hex())

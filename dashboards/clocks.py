"""The clocks of two years in words (tvåårsklockan): how long the adopted picture and the plan hold, as sentences.

A clock is a sentence, a word for its state and a bar; colour says nothing that the words do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from dashboards import words
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.members import Member
from forum.work import adoptions
from forum.work.adoptions import EVERY, STATE_WORDS, Clock, InForce, State

NAMES = {"picture": N_("The situational picture"), "plan": N_("The action plan")}
NOTHING = {"picture": N_("No situational picture is adopted yet."), "plan": N_("No action plan is adopted yet.")}
BRIEF = {
    State.IN_FORCE: N_("days left: %(n)s"),
    State.LAST_DAY: STATE_WORDS[State.LAST_DAY],
    State.OVERDUE: N_("overdue, days: %(n)s"),
}
SENTENCES = {
    State.IN_FORCE: N_("Adopted %(on)s. To be renewed and followed up by %(last)s at the latest: %(n)s days left."),
    State.LAST_DAY: N_("Adopted %(on)s. To be renewed and followed up today: it is the last day."),
    State.OVERDUE: N_("Adopted %(on)s. It was to be renewed and followed up by %(last)s: %(n)s days ago."),
}
ONE_DAY = {
    State.IN_FORCE: N_("Adopted %(on)s. To be renewed and followed up by %(last)s at the latest: one day left."),
    State.OVERDUE: N_("Adopted %(on)s. It was to be renewed and followed up by %(last)s: yesterday."),
}


@dataclass(frozen=True)
class Told:
    """One clock as it is shown: what runs, its state in a word, the sentence, and how much of the time has gone."""

    key: str
    name: str
    state: State | None
    word: str
    sentence: str
    brief: str
    """The same in a few words, for where there is little room."""
    gone: int
    left: int
    most: int = EVERY


def of_forum(session: Session, member: Member, language: str, audience: Audience = Audience.FORUM) -> list[Told]:
    """Return the clocks of the picture and of the plan that hold today for the audience."""
    return list(tell(adoptions.in_force(adoptions.all_of(session, member), audience, today()), language))


def tell(holding: InForce, language: str) -> Iterator[Told]:
    """Yield each clock in words."""
    for key, clock in holding.clocks.items():
        name = text(NAMES[key], language)
        if clock is None:
            word = text(N_("missing"), language)
            yield Told(key, name, None, word, text(NOTHING[key], language), word, 0, 0)
        else:
            word, sentence = text(STATE_WORDS[clock.state], language), said(clock, language)
            few = text(BRIEF[clock.state], language, n=words.number(abs(clock.days_left), language))
            yield Told(key, name, clock.state, word, sentence, few, clock.gone, clock.days_left)


def said(clock: Clock, language: str) -> str:
    """Return what a clock says, in a sentence."""
    message = SENTENCES[clock.state]
    if abs(clock.days_left) == 1:
        message = ONE_DAY[clock.state]
    days = {"on": clock.adopted_on, "last": clock.last_day}
    told = {name: words.day(day, language, weekday=False) for name, day in days.items()}
    return text(message, language, n=words.number(abs(clock.days_left), language), **told)


def most_urgent(told: list[Told]) -> Told:
    """Return the clock to be looked at first: what is missing, else what has the least time left."""
    return min(told, key=lambda each: (each.state is not None, each.left))

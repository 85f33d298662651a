"""What a measure says (åtgärdens innehåll): who does what until when, what is expected, and what it must state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from forum.foundation.audience import Visibility
from forum.foundation.errors import Invalid
from forum.foundation.language import N_

TITLE_LENGTH = 120


class Nature(StrEnum):
    """What a measure works on: the public environment, or people."""

    PHYSICAL = "physical"
    SOCIAL = "social"


class Cost(StrEnum):
    """About how much it costs."""

    UNKNOWN = "unknown"
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


NATURE_WORDS = {Nature.PHYSICAL: N_("Situational, physical"), Nature.SOCIAL: N_("Social, targeted")}
COST_WORDS = {
    Cost.UNKNOWN: N_("Cost not known"),
    Cost.NONE: N_("No extra cost"),
    Cost.LOW: N_("Below 50 000 kr"),
    Cost.MEDIUM: N_("50 000 to 500 000 kr"),
    Cost.HIGH: N_("Above 500 000 kr"),
}


@dataclass(frozen=True)
class Terms:
    """What a measure says. `camera` marks one that watches with cameras: it states the balancing and a review day."""

    title: str
    owner_id: UUID | None
    due_on: date | None
    nature: Nature = Nature.PHYSICAL
    catalogue_code: str | None = None
    expected_short: str = ""
    expected_long: str = ""
    seen_by: str = ""
    cost: Cost = Cost.UNKNOWN
    camera: bool = False
    balancing: str = ""
    review_on: date | None = None
    visibility: Visibility = Visibility.FORUM


def lacking(terms: Terms) -> list[Invalid]:
    """Return what the terms lack: a title, an owner, a day."""
    problems = []
    if not 1 <= len(terms.title.strip()) <= TITLE_LENGTH:
        remedy = N_("Write what is to be done in at most %(most)s characters.")
        message = N_("A measure needs a title.")
        problems.append(Invalid(message, field="title", value=terms.title, remedy=remedy, most=TITLE_LENGTH))
    if terms.owner_id is None:
        message, remedy = N_("A measure needs an owner."), N_("Choose the organisation that carries it out.")
        problems.append(Invalid(message, field="owner", value="", remedy=remedy))
    if terms.due_on is None:
        message, remedy = N_("A measure needs a day when it is done."), N_("Give a date.")
        problems.append(Invalid(message, field="due_on", value="", remedy=remedy))
    return problems


def camera_lacking(terms: Terms) -> list[Invalid]:
    """Return what a camera measure lacks (the camera act 2018:1200 asks for a balancing of interests)."""
    problems = []
    if terms.camera and not terms.balancing.strip():
        message = N_("A measure with cameras states the balancing of interests.")
        remedy = N_("Write why the need outweighs the privacy of those who pass.")
        problems.append(Invalid(message, field="balancing", value="", remedy=remedy))
    if terms.camera and terms.review_on is None:
        message = N_("A measure with cameras has a day when it is reviewed.")
        problems.append(Invalid(message, field="review_on", value="", remedy=N_("Give a date.")))
    return problems

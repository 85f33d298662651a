"""An adoption (antagande) on a page: what its form says, and the adoption in words."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from dashboards import clocks, words
from dashboards.view import Form, plain
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people.agreements import today
from forum.work import adoptions
from forum.work.adoptions import Adoption


class Said(TypedDict):
    """When and where something was adopted."""

    on: date
    reference: str


def said(form: Form) -> Said:
    """Return what the form says."""
    given = plain(form, "on")
    try:
        return {"on": date.fromisoformat(given), "reference": plain(form, "reference")}
    except ValueError as error:
        remedy = N_("Write the day as 2023-10-26.")
        raise Invalid(N_("This is not a day."), field="on", value=given, remedy=remedy) from error


def typed(form: Form | None = None) -> dict[str, str]:
    """Return what the form is filled with: what was typed, or today."""
    if form is None:
        return {"on": today().isoformat(), "reference": ""}
    return {name: plain(form, name) for name in ("on", "reference")}


def in_words(adoption: Adoption | None, language: str) -> dict[str, Any] | None:
    """Return an adoption as a page says it, with its clock."""
    if adoption is None:
        return None
    clock = adoptions.clock_of(adoption.on_day, today())
    on = words.day(adoption.on_day, language, weekday=False)
    return {"on": on, "reference": adoption.reference, "said": clocks.said(clock, language)}

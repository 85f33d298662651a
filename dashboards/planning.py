"""Planning meetings on a page (planering): the form of one meeting, the form of the cycle, and the cycle in words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from fastapi import Request

from dashboards import view, words
from dashboards.amending import wall
from dashboards.choices import WEEKDAYS
from dashboards.measure import names_in
from dashboards.readers import Here
from dashboards.view import Form, plain
from forum.foundation import clock
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.work import cycles, meetings
from forum.work.cycles import EVERY_WORDS, Cycle, Every, Rule
from forum.work.meetings import Meeting, Plan

COMING = 4
"""Days that follow from the cycle, as they are shown."""
WEEKS = (N_("first"), N_("second"), N_("third"), N_("fourth"), N_("last"))
PLAN = ("starts_at", "minutes", "location", "chair")
CYCLE = ("every", "weekday", "week", "first_day", "at", "minutes", "location", "chair")


def whole(form: Form, name: str) -> int:
    """Return a whole number of a form; refuses what is none."""
    given = plain(form, name)
    if given.isascii() and given.isdecimal() and len(given) < 9:
        return int(given)
    raise Invalid(N_("This is no number."), field=name, value=given, remedy=N_("Write a whole number."))


def chair_of(form: Form) -> UUID | None:
    """Return the organisation that a form lets chair, None where nothing is chosen."""
    given = plain(form, "chair")
    try:
        return UUID(given) if given else None
    except ValueError as error:
        raise NotFound(field="chair", value=given, remedy=N_("Choose one of the forum's organisations.")) from error


def planned(form: Form) -> Plan:
    """Return the meeting that a form plans."""
    starts_at = clock.to_utc(plain(form, "starts_at"), "starts_at")
    return Plan(starts_at, whole(form, "minutes"), plain(form, "location"), chair_of(form))


def ruled(form: Form) -> Rule:
    """Return the cycle that a form sets."""
    every, at, first_day = (plain(form, name) for name in ("every", "at", "first_day"))
    try:
        hour = time.fromisoformat(at)
    except ValueError as error:
        raise Invalid(N_("This is no time."), field="at", value=at, remedy=N_("Write the time as 18:30.")) from error
    try:
        first = date.fromisoformat(first_day) if first_day else today()
    except ValueError as error:
        message, remedy = N_("This is no date."), N_("Write the day as 2023-10-26.")
        raise Invalid(message, field="first_day", value=first_day, remedy=remedy) from error
    return Rule(
        Every(every) if every in set(Every) else Every.MONTH,
        whole(form, "weekday"),
        whole(form, "week"),
        first,
        hour.replace(tzinfo=None),
        whole(form, "minutes"),
        plain(form, "location"),
        chair_of(form),
    )


def suggestion(here: Here) -> dict[str, str]:
    """Return what the form of a new meeting begins with: the next day of the cycle that nothing is planned for."""
    cycle = cycles.of_forum(here.session, here.member)
    rule: Rule | Cycle = cycle or Rule()
    taken = [m.day for m in meetings.all_of(here.session, here.member) if m.status != meetings.Status.CANCELLED]
    after = max([today(), *taken]) if cycle else today()
    starts_at = cycles.moments(rule, after, 1)[0]
    chair = rule.chair_id or here.member.organisation_id
    return typed(Plan(starts_at, rule.minutes, rule.location, chair))


def typed(plan: Plan | Meeting) -> dict[str, str]:
    """Return a meeting as the fields of its form hold it."""
    fields = {"minutes": str(plan.minutes), "location": plan.location, "chair": str(plan.chair_id or "")}
    return {"starts_at": wall(plan.starts_at)} | fields


def typed_rule(here: Here) -> dict[str, str]:
    """Return the cycle as the fields of its form hold it, or what most forums have."""
    rule: Rule | Cycle = cycles.of_forum(here.session, here.member) or Rule(chair_id=here.member.organisation_id)
    said = {name: str(getattr(rule, name)) for name in ("every", "weekday", "week", "first_day", "minutes", "location")}
    return said | {"at": f"{rule.at:%H:%M}", "chair": str(rule.chair_id or "")}


def choices(request: Request, here: Here) -> dict[str, Any]:
    """Return what both forms offer."""
    language = view.language_of(request)
    partners = sorted(names_in(here).items(), key=lambda pair: pair[1])
    return {
        "room": "meetings",
        "refused": "",
        "partners": [("", text(N_("Choose …"), language)), *((str(key), name) for key, name in partners)],
        "everies": [(every.value, text(said, language)) for every, said in EVERY_WORDS.items()],
        "weekdays": [(str(i), text(name, language)) for i, name in enumerate(WEEKDAYS, 1)],
        "weeks": [(str(i), text(name, language)) for i, name in enumerate(WEEKS, 1)],
    }


def in_words(here: Here, cycle: Cycle, language: str) -> dict[str, Any]:
    """Return the cycle as a sentence, and the days that follow from it."""
    weekday = text(WEEKDAYS[cycle.weekday - 1], language)
    if cycle.every == Every.MONTH:
        weekday = f"{text(WEEKS[cycle.week - 1], language)} {weekday}"
    at = words.hours(_on(cycle.at), language)
    facts = {"every": text(EVERY_WORDS[Every(cycle.every)], language), "weekday": weekday, "time": at}
    days = cycles.days(cycle, today(), COMING)
    return {
        "say": text(N_("%(every)s, %(weekday)s, at %(time)s"), language, **facts),
        "minutes": cycle.minutes,
        "location": cycle.location,
        "chair": names_in(here).get(cycle.chair_id, "–"),
        "days": [words.day(day, language) for day in days],
    }


def _on(at: time) -> datetime:
    """Return the time of the Swedish clock on some day."""
    return datetime.combine(date(2023, 1, 2), at, clock.ZONE)


def until(meeting: Meeting) -> datetime:
    """Return when a meeting is over by its plan."""
    return meeting.starts_at + timedelta(minutes=meeting.minutes)

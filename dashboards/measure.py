"""One measure's page (åtgärden): what is to be done, by whom, until when; every step; what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request

from dashboards import chains, decisions, effect_card, methods, rows, view, words
from dashboards.readers import Here
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.language import N_, text
from forum.people import contacts, members, organisations
from forum.people.policy import Action, may
from forum.register import places, steps
from forum.work import catalogue, chain, follow_ups, links
from forum.work.follow_ups import FOLLOWED, OUTCOME_WORDS, Outcome
from forum.work.links import Delivery
from forum.work.measures import DONE as CARRIED_OUT
from forum.work.measures import MOVES, NOT_FIXED, STATUS_WORDS, WAITING, Measure, Status, Step, owned
from forum.work.terms import COST_WORDS, NATURE_WORDS, Cost, Nature

DONE = {step.value: N_("It is saved.") for step in Step} | {
    "asked": N_("The link is on its way to the owner."),
    "asked_no_more": N_("The link leads nowhere any more."),
    "proposed": N_("The measure is proposed."),
    "amended": N_("The change is saved."),
    "followed_up": N_("The follow-up is saved."),
    "effect_frozen": N_("The effect card is frozen."),
    "cost": N_("The cost is saved."),
}
BUTTONS = {
    Step.DECIDE: N_("Decide the measure"),
    Step.ACCEPT: N_("Accept: we do it"),
    Step.DECLINE: N_("Decline"),
    Step.START: N_("Note that it is under way"),
    Step.CARRY_OUT: N_("Note that it is carried out"),
    Step.WAIVE: N_("Waive it"),
    Step.HAND_OVER: N_("Hand it over"),
    Step.NO_EFFECT: N_("Note that it had no effect"),
    Step.REOPEN: N_("Take it up again"),
}
DELIVERIES = {
    Delivery.WAITING: N_("A link is on its way to the owner."),
    Delivery.SENT: N_("A link was sent. The owner can answer by it until %(until)s."),
    Delivery.FAILED: N_("The link could not be sent. Check the address and send a new one."),
}
ACTIONS = {
    "create": N_("proposed the measure"),
    "amend": N_("changed the measure"),
    "decide": N_("decided the measure"),
    "accept": N_("accepted the measure"),
    "decline": N_("declined the measure"),
    "start": N_("began"),
    "carry_out": N_("carried it out"),
    "waive": N_("waived the measure"),
    "hand_over": N_("handed the measure over"),
    "no_effect": N_("noted that it had no effect"),
    "reopen": N_("took it up again"),
    "follow_up": N_("followed it up"),
    "cost": N_("noted what it cost"),
}


def names_in(here: Here) -> dict[UUID, str]:
    """Return what the forum's organisations are called; asked once for a page."""
    return {o.id: o.name for o in organisations.all_of(here.session, here.member.forum_id)}


def in_list(measure: Measure, names: Mapping[UUID, str], language: str) -> dict[str, Any]:
    """Return a measure as a line of a list."""
    status = Status(measure.status)
    return {
        "nr": measure.nr,
        "title": measure.title,
        "owner": names.get(measure.owner_id, "–"),
        "due": words.day(measure.due_on, language, weekday=False),
        "late": measure.overdue,
        "status": text(STATUS_WORDS[status], language),
        "waiting": status in WAITING,
        "not_fixed": status in NOT_FIXED,
        "authorities": measure.visibility == "authorities",
    }


def page_of(request: Request, here: Here, measure: Measure) -> dict[str, Any]:
    """Return everything that the measure's page shows."""
    session, member, language = here.session, here.member, view.language_of(request)
    place, names = places.get(session, member, measure.place_id), names_in(here)
    kinds = {kind.code: kind.name(language) for kind in catalogue.kinds()}
    done = request.query_params.get("done", "")
    whole = chain.of_measure(session, member, measure)
    return {
        "room": "measures",
        "refused": "",
        "done": text(DONE[done], language) if done in DONE else "",
        "typed": {},
        "measure": measure,
        "line": in_list(measure, names, language),
        "place": place,
        "nature": text(NATURE_WORDS[Nature(measure.nature)], language),
        "cost": text(COST_WORDS[Cost(measure.cost)], language),
        "kind": kinds.get(measure.catalogue_code or "", ""),
        "seen_by": text(rows.VISIBILITIES[Visibility(measure.visibility)], language),
        "spent": effect_card.spent(measure, language),
        "review": words.day(measure.review_on, language, weekday=False) if measure.review_on else "",
        "done_on": words.day(measure.done_on, language, weekday=False) if measure.done_on else "",
        "ribbon": chains.ribbon(member, whole, chains.MEASURE, language, view.prefix(request)),
        "deviations": rows.rows_of(session, member, whole.deviations[:8], language, base=view.prefix(request)),
        "matched": len(whole.deviations),
        "follow_ups": _follow_ups(here, measure, names, language),
        "effect": effect_card.of_measure(measure, whole.effects, language),
        "judged": methods.judged(here, language),
        "decided": decisions.in_words(here, whole.decisions, language, {}),
        "history": steps_in_words(here, measure.id, ACTIONS, names, language),
        "can": doable(here, measure, language),
        "asking": _asking(request, here, measure, language),
        "outcomes": [(outcome.value, text(said, language)) for outcome, said in OUTCOME_WORDS.items()],
    }


def doable(here: Here, measure: Measure, language: str) -> dict[str, Any]:
    """Return the steps that the reader may take now; those with a reason apart from those of one press."""
    status = Status(measure.status)
    open_ = [
        step for step, move in MOVES.items() if status in move.before and may(here.member, move.action, owned(measure))
    ]
    leads = may(here.member, Action.MEASURE_DECIDE)
    plain = (Step.DECIDE, Step.ACCEPT, Step.START)
    return {
        "plain": [(step.value, text(BUTTONS[step], language)) for step in open_ if step in plain],
        "reasoned": [
            (step.value, text(BUTTONS[step], language)) for step in open_ if step not in (*plain, Step.CARRY_OUT)
        ],
        "carry_out": Step.CARRY_OUT in open_,
        "cost": status in CARRIED_OUT and may(here.member, Action.MEASURE_CARRY_OUT, owned(measure)),
        "amend": leads and status in WAITING | {Status.DECLINED},
        "follow_up": may(here.member, Action.MEASURE_FOLLOW_UP) and status in FOLLOWED,
    }


def _asking(request: Request, here: Here, measure: Measure, language: str) -> dict[str, Any] | None:
    """Return what is said of the mailed link to the owner; None where none can be or need be sent."""
    leads = may(here.member, Action.MEASURE_ASK)
    if not leads or Status(measure.status) not in links.ASKED or measure.visibility == Visibility.AUTHORITIES:
        return None
    address = contacts.of(here.session, here.member, measure.owner_id)
    if address is None and members.people_of(here.session, measure.owner_id):
        return None
    link = links.current(here.session, here.member, measure)
    until = words.day(link.expires_on, language, weekday=False) if link else ""
    return {
        "mails": request.app.state.settings.smtp_url is not None,
        "address": address,
        "link": link is not None,
        "said": text(DELIVERIES[Delivery(link.delivery)], language, until=until) if link else "",
    }


def _follow_ups(here: Here, measure: Measure, names: Mapping[UUID, str], language: str) -> list[dict[str, str]]:
    return [
        {
            "day": words.day(seen.on_day, language, weekday=False),
            "outcome": text(OUTCOME_WORDS[Outcome(seen.outcome)], language),
            "note": seen.note,
            "who": names.get(seen.organisation_id, "–"),
        }
        for seen in follow_ups.of_measure(here.session, here.member, measure)
    ]


def steps_in_words(
    here: Here, thing_id: UUID, actions: Mapping[str, str], names: Mapping[UUID, str], language: str
) -> list[dict[str, str]]:
    """Return what was done to a thing, the newest first: when, who, what and why."""
    return [
        {
            "when": words.moment(step.at, language),
            "iso": clock.stamp(step.at),
            "who": names.get(step.organisation_id, "–") if step.organisation_id else "–",
            "did": text(actions.get(step.action, N_("changed it")), language),
            "reason": step.reason,
            "through": text(N_("through a mailed link"), language) if steps.THROUGH in step.changes else "",
        }
        for step in reversed(steps.of(here.session, thing_id))
    ]

"""One deviation's page (avvikelsen): facts, answers, history in words, and what its reader may do with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import Request

from dashboards import chains, rows, view, words
from dashboards.readers import Here
from dashboards.rows import Kind
from forum.foundation import clock
from forum.foundation.audience import Visibility
from forum.foundation.errors import ForumError, Invalid, NotFound
from forum.foundation.geometry import metres_between
from forum.foundation.language import N_, text
from forum.people import organisations
from forum.people.policy import Action, may
from forum.register import categories, deviations
from forum.register.categories import Category
from forum.register.deviations import NEXT, STATUS_WORDS, UNDO, Deviation, History, Reason, Status
from forum.work import chain

DONE = {
    "amended": N_("The change is saved."),
    "withdrawn": N_("The deviation is withdrawn. Its words are gone."),
    "undone": N_("The deviation is taken back."),
    "joined": N_("The two are joined."),
    "looked_at": N_("It is noted that the forum has looked at it."),
    "answered": N_("The answer is saved. The reporter's organisation sees it here."),
}
REASONS = {
    Reason.MISTAKE: N_("It was a mistake"),
    Reason.WRONG_PLACE: N_("It stands at the wrong place"),
    Reason.PERSON: N_("It can be linked to a person"),
    Reason.OTHER: N_("Another reason"),
}
ACTIONS = {
    "register": N_("marked the deviation"),
    "import": N_("imported the deviation"),
    "amend": N_("changed it"),
    "withdraw": N_("withdrew it"),
    "same_as": N_("joined it with another"),
    "look_at": N_("looked at it"),
    "answer": N_("answered it"),
}
FIELDS = {
    "geom": N_("Place"),
    "accuracy_m": N_("Accuracy"),
    "occurred_from": N_("From"),
    "occurred_to": N_("Until"),
    "category_id": N_("What"),
    "text": N_("Text"),
    "answers": N_("Answers"),
    "visibility": N_("Seen by"),
    "reply": N_("Answer"),
    "status": N_("Status"),
}
"""The fields whose changes are told, in this order."""


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One thing that was done: when, by whom, what it changed."""

    when: str
    iso: str
    who: str
    did: str
    changes: list[Change]


def page_of(
    request: Request,
    here: Here,
    reference: UUID | int,
    *,
    error: ForumError | None = None,
    typed: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return everything that the deviation's page shows."""
    session, member, language = here.session, here.member, view.language_of(request)
    deviation = deviations.read(session, member, reference)
    done = request.query_params.get("done", "")
    whole = chain.of_deviation(session, member, deviation)
    return {
        "room": "map",
        "ribbon": chains.ribbon(member, whole, chains.DEVIATION, language, view.prefix(request)),
        "errors": _errors(error, language),
        "refused": error.say(language) if error and not isinstance(error, Invalid) else "",
        "done": text(DONE[done], language) if done in DONE else "",
        "typed": typed or {},
        "item": rows.rows_of(session, member, [deviation], language, base=view.prefix(request))[0],
        "api": f"/api/v1/forums/{member.forum_slug}",
        "reasons": [(reason.value, text(said, language)) for reason, said in REASONS.items()],
        **_facts(here, deviation, language),
        **_doings(here, deviation),
    }


def _facts(here: Here, deviation: Deviation, language: str) -> dict[str, Any]:
    """Return what is known of the deviation besides its row: answers, source, history."""
    known = categories.all_of(here.session, here.member.forum_id)
    category = next(c for c in known if c.id == deviation.category_id)
    names = {o.id: o.name for o in organisations.all_of(here.session, here.member.forum_id)}
    history = deviations.history_of(here.session, here.member, deviation)
    return {
        "gone": deviation.status == Status.WITHDRAWN,
        "registered_by": names.get(deviation.registered_by_id, "") if deviation.on_behalf else "",
        "registered": words.moment(deviation.created_at, language),
        "source": deviation.source,
        "reply": deviation.reply,
        "answers": answers_in_words(category, deviation.answers, language),
        "same": _same(here, deviation),
        "history": [_line(line, known, names, language) for line in reversed(history)],
    }


def _doings(here: Here, deviation: Deviation) -> dict[str, Any]:
    """Return what the reader may do with the deviation, and how long it can be undone."""
    until = deviation.created_at + UNDO
    return {
        "can": _can(here, deviation),
        "undo_until": clock.stamp(until) if _undoable(here, deviation, until) else "",
        "undo_seconds": int(UNDO.total_seconds()),
        "again_id": str(uuid4()),
    }


def _errors(error: ForumError | None, language: str) -> dict[str, str]:
    return view.said(error, language) if isinstance(error, Invalid) else {}


def _can(here: Here, deviation: Deviation) -> dict[str, bool]:
    following = NEXT[Status(deviation.status)]
    steps = {
        "withdraw": (Action.DEVIATION_WITHDRAW, Status.WITHDRAWN),
        "same_as": (Action.DEVIATION_SAME_AS, Status.SAME_AS),
        "look_at": (Action.DEVIATION_LOOK_AT, Status.LOOKED_AT),
        "answer": (Action.DEVIATION_ANSWER, Status.ANSWERED),
    }
    can = {
        name: may(here.member, action, of=deviation) and status in following for name, (action, status) in steps.items()
    }
    can["amend"] = may(here.member, Action.DEVIATION_AMEND, of=deviation) and deviation.status != Status.WITHDRAWN
    can["again"] = may(here.member, Action.DEVIATION_REGISTER)
    return can


def _undoable(here: Here, deviation: Deviation, until: datetime) -> bool:
    ours = deviation.registered_by_id == here.member.organisation_id
    return ours and clock.now() < until and _can(here, deviation)["withdraw"]


def _same(here: Here, deviation: Deviation) -> dict[str, Any] | None:
    if deviation.same_as_id is None:
        return None
    try:
        other = deviations.get(here.session, here.member, deviation.same_as_id)
    except NotFound:
        return None
    return {"nr": other.nr, "label": rows.label(here.member.forum_slug, other.nr)}


def answers_in_words(category: Category, answers: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Return the questions that were answered, with their answers in the reader's language."""
    questions = {q["code"]: q for q in category.questions}
    return [
        (questions[code][language], _answer(questions[code], value, language))
        for code, value in answers.items()
        if code in questions
    ]


def _answer(question: dict[str, Any], value: Any, language: str) -> str:
    if isinstance(value, bool):
        return text(N_("Yes") if value else N_("No"), language)
    if isinstance(value, int):
        return words.number(value, language)
    options = {option["code"]: option[language] for option in question.get("options", ())}
    return str(options.get(value, value))


def _line(line: History, known: list[Category], names: dict[UUID, str], language: str) -> Line:
    who = names.get(line.organisation_id, "") if line.organisation_id else text(N_("The forum's own import"), language)
    return Line(
        words.moment(line.at, language),
        clock.stamp(line.at),
        who,
        text(ACTIONS.get(line.action, N_("changed it")), language),
        changes_in_words(line.changes, known, language) if line.action == "amend" else [],
    )


def changes_in_words(changes: dict[str, Any], known: list[Category], language: str) -> list[Change]:
    """Return what a line of history changed, field by field in words."""
    kinds = {str(kind_id): kind for kind_id, kind in rows.kinds(known, language).items()}
    told = []
    for name, label in FIELDS.items():
        if name not in changes:
            continue
        before, after = changes[name]
        if name == "geom":
            moved = words.distance(metres_between(tuple(before), tuple(after)), language)
            told.append(Change(text(label, language), "", text(N_("moved %(distance)s"), language, distance=moved)))
        else:
            told.append(
                Change(
                    text(label, language), _value(name, before, kinds, language), _value(name, after, kinds, language)
                )
            )
    return told


def _value(name: str, value: Any, kinds: dict[str, Kind], language: str) -> str:
    if name in ("visibility", "status"):
        said = rows.VISIBILITIES[Visibility(value)] if name == "visibility" else STATUS_WORDS[Status(value)]
        return text(said, language)
    shown: dict[str, Callable[[], str]] = {
        "occurred_from": lambda: words.moment(datetime.fromisoformat(value), language),
        "occurred_to": lambda: words.moment(datetime.fromisoformat(value), language),
        "category_id": lambda: kinds[value].name if value in kinds else "–",
        "accuracy_m": lambda: words.distance(value, language),
        "answers": lambda: text(N_("%(n)s answers"), language, n=len(value)),
    }
    return shown[name]() if name in shown else str(value) or "–"

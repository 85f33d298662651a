"""What the invented deviations say (ord): sentences, answers to the questions, replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

from forum.demo.tables import table
from forum.register.categories import standard_set

ANSWERED, WRITTEN = 0.7, 0.25
"""How often a question is answered: one that takes a press, and one that takes words."""
AFFIRMED = 0.4
"""How often the answer is yes."""
SECOND = 0.4
"""How often a second sentence follows."""


def sentence(rng: Random, kind: str, where: str) -> str:
    """Return one or two sentences about something of the kind at the place."""
    first = rng.choice(table("texts")["notices"][kind])
    return _joined(rng, kind, first.replace("{where}", where))


def at_pattern(rng: Random, kind: str, sentences: Mapping[str, Sequence[str]], where: str) -> str:
    """Return what is said at a planted place: mostly its own sentences, else those of the kind."""
    own = sentences.get(kind) or sentences.get(group_of(kind))
    return _joined(rng, kind, rng.choice(own)) if own and rng.random() < 0.7 else sentence(rng, kind, where)


def _joined(rng: Random, kind: str, first: str) -> str:
    return first if rng.random() >= SECOND else f"{first} {rng.choice(_of('tails', kind))}"


def reply(rng: Random, kind: str) -> str:
    """Return the sentence that the reporter gets as answer."""
    return rng.choice(_of("replies", kind))


def _of(name: str, kind: str) -> Sequence[str]:
    sentences: Mapping[str, Sequence[str]] = table("texts")[name]
    return sentences.get(kind) or sentences[group_of(kind)]


def group_of(category: str) -> str:
    """Return the group of a category's code, itself when it is one."""
    return category.partition(".")[0]


@cache
def questions(category: str) -> tuple[dict[str, Any], ...]:
    """Return the category's questions."""
    return tuple(next(entry["questions"] for entry in standard_set() if entry["code"] == category))


def answers(rng: Random, kind: str, text: str) -> dict[str, Any]:
    """Return answers to some of the kind's questions, none against what the text says."""
    given = ((question["code"], _answer(rng, kind, question, text)) for question in questions(kind))
    return {code: value for code, value in given if value is not None}


def _answer(rng: Random, kind: str, question: dict[str, Any], text: str) -> bool | int | str | None:
    name, here, tables = f"{group_of(kind)}.{question['code']}", f"{kind}.{question['code']}", table("texts")
    seldom = WRITTEN if question["kind"] == "text" else ANSWERED
    if rng.random() >= seldom or here in tables["open"]["questions"]:
        return None
    if question["kind"] == "boolean":
        word = tables["shown_by"].get(name)
        return word in text.lower() if word else rng.random() < AFFIRMED
    if question["kind"] == "choice":
        return str(rng.choice(tables["fitting"].get(here) or [option["code"] for option in question["options"]]))
    if question["kind"] == "number":
        stated = (number for word, number in tables["stated"].items() if text.startswith(word))
        return int(next(stated, rng.randint(*tables["numbers"][name])))
    return str(rng.choice(tables["answers"][name]))

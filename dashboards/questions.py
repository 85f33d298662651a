"""A category's kinds and questions as a form asks them, and the answers that come back (frågor)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import FormData

from dashboards.view import plain
from forum.register.categories import Answers, Category


@dataclass(frozen=True)
class Question:
    """One question in the reader's language; `name` is its field in the form."""

    name: str
    kind: str
    words: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """A group of categories with its symbol, its kinds and its questions."""

    code: str
    letter: str
    shape: str
    fill: str
    ink: str
    name: str
    kinds: tuple[tuple[str, str], ...] = ()
    questions: tuple[Question, ...] = field(default=())


def groups_for_form(known: Sequence[Category], language: str, first: Sequence[str] = ()) -> list[Group]:
    """Return the forum's groups; those in `first` come first, in that order."""
    groups = [_group(c, known, language) for c in known if c.parent_id is None]
    order = {code: i for i, code in enumerate(first)}
    return sorted(groups, key=lambda group: order.get(group.code, len(order)))


def _group(category: Category, known: Sequence[Category], language: str) -> Group:
    kinds = tuple((k.code, k.name(language)) for k in known if k.parent_id == category.id)
    questions = tuple(_question(category.code, q, language) for q in category.questions)
    c = category
    return Group(c.code, c.letter, c.shape, c.fill, c.ink, c.name(language), kinds, questions)


def _question(group: str, question: dict[str, Any], language: str) -> Question:
    options = tuple((option["code"], option[language]) for option in question.get("options", ()))
    return Question(f"answers.{group}.{question['code']}", question["kind"], question[language], options)


def answers_from(form: FormData, category: Category) -> Answers:
    """Return the answers to the category's questions that the form brings; what was left empty is left out."""
    group = category.code.partition(".")[0]
    answers: Answers = {}
    for question in category.questions:
        given = plain(form, f"answers.{group}.{question['code']}")
        if given:
            answers[question["code"]] = _read(question["kind"], given)
    return answers


def _read(kind: str, given: str) -> Any:
    if kind == "boolean":
        return {"yes": True, "no": False}.get(given, given)
    if kind == "number" and given.isascii() and given.isdecimal() and len(given) < 10:
        return int(given)
    return given

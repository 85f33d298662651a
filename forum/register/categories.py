"""What is noticed (kategorier): a tree of groups and kinds, each with its symbol and its few questions."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation.database import Base
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.foundation.screening import check

INHERITED = ("letter", "shape", "fill", "ink", "radius_m", "hours", "questions")
ANSWER_LENGTH = 500
Answers = dict[str, Any]
Entry = dict[str, Any]
"""A category as it is handed on: by its code, and its group's."""


class Category(Base):
    """A group or a kind of deviation in one forum."""

    __tablename__ = "categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    code: Mapped[str]
    parent_id: Mapped[UUID | None]
    letter: Mapped[str]
    shape: Mapped[str]
    fill: Mapped[str]
    ink: Mapped[str]
    sv: Mapped[str]
    en: Mapped[str]
    radius_m: Mapped[int]
    hours: Mapped[int]
    questions: Mapped[list[Any]] = mapped_column(server_default="[]")
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(server_default="true")

    def name(self, language: str) -> str:
        """Return the category's name in the language."""
        return self.en if language == "en" else self.sv

    @property
    def group_id(self) -> UUID:
        """Return the id of the group that it belongs to, itself when it is one."""
        return self.parent_id or self.id


@cache
def standard_set() -> list[dict[str, Any]]:
    """Return the standard categories, groups before their kinds, each with all that it takes from its group."""
    raw = tomllib.loads((files("forum") / "data" / "categories.toml").read_text("utf-8"))["category"]
    groups = {entry["code"]: entry for entry in raw if "." not in entry["code"]}
    complete = []
    for entry in raw:
        parent, _, _ = entry["code"].rpartition(".")
        inherited = {k: groups[parent][k] for k in INHERITED if k in groups[parent]} if parent else {}
        full = {"questions": [], "parent": parent or None} | inherited | entry
        complete.append((full["parent"] is not None, full))
    return [entry for _, entry in sorted(complete, key=lambda pair: pair[0])]


def install(session: Session, forum_id: UUID) -> None:
    """Give a new forum the standard categories."""
    add(session, forum_id, standard_set())


def add(session: Session, forum_id: UUID, entries: Sequence[Entry]) -> list[str]:
    """Add the categories that a forum has not, groups before their kinds, and return their codes.

    Those that are there stay as they are, also those that are no longer used.
    """
    ids = {code: category_id for category_id, code in codes_of(session, forum_id).items()}
    there = set(ids)
    for level in (False, True):
        rows = [_row(forum_id, e, ids) for e in entries if bool(e["parent"]) is level and e["code"] not in there]
        added = session.execute(insert(Category).returning(Category.code, Category.id), rows) if rows else ()
        ids |= {row.code: row.id for row in added}
    return [entry["code"] for entry in entries if entry["code"] not in there]


def entries_of(session: Session, forum_id: UUID) -> list[Entry]:
    """Return the categories that a forum uses in their order, each as it can be added elsewhere."""
    found = all_of(session, forum_id)
    codes = {category.id: category.code for category in found}
    plain = (*INHERITED, "code", "sv", "en", "position")
    return [
        {"parent": codes[c.parent_id] if c.parent_id else None, **{name: getattr(c, name) for name in plain}}
        for c in found
    ]


def _row(forum_id: UUID, entry: Entry, ids: dict[str, UUID]) -> dict[str, Any]:
    plain = {k: entry[k] for k in (*INHERITED, "code", "sv", "en", "position")}
    return {**plain, "forum_id": forum_id, "parent_id": ids[entry["parent"]] if entry["parent"] else None}


def all_of(session: Session, forum_id: UUID, *, retired: bool = False) -> list[Category]:
    """Return the forum's categories, each group followed by its kinds; if asked, with those no longer used."""
    rows = session.scalars(select(Category).where(Category.forum_id == forum_id, Category.active | retired)).all()
    groups = sorted((c for c in rows if c.parent_id is None), key=lambda c: c.position)
    kinds = sorted((c for c in rows if c.parent_id is not None), key=lambda c: c.position)
    return [c for group in groups for c in (group, *(k for k in kinds if k.parent_id == group.id))]


def in_use(session: Session, forum_id: UUID, code: str) -> Category:
    """Return the category of the code among those that the forum uses."""
    return session.scalar(IN_USE, {"forum": forum_id, "code": code}) or of_code([], code)


IN_USE = select(Category).where(
    Category.forum_id == bindparam("forum"), Category.active, Category.code == bindparam("code")
)


def codes_of(session: Session, forum_id: UUID) -> dict[UUID, str]:
    """Return the codes of all the forum's categories by their ids, also of those no longer used."""
    rows = session.execute(select(Category.id, Category.code).where(Category.forum_id == forum_id))
    return {row.id: row.code for row in rows}


def of_code(categories: list[Category], code: str) -> Category:
    """Return the category of the code among a forum's."""
    for category in categories:
        if category.code == code:
            return category
    message = N_("The forum has no category of this code.")
    raise Invalid(message, field="category", value=code, remedy=N_("Choose one of the forum's categories."))


def ids_below(session: Session, forum_id: UUID, codes: Iterable[str]) -> list[UUID]:
    """Return the ids of the categories of the codes, and of all below them."""
    wanted = set(codes)
    found = session.connection().execute(BELOW, {"forum": forum_id, "codes": list(wanted)}).all()
    for code in wanted - {row.code for row in found}:
        of_code([], code)  # says that there is none
    return [row.id for row in found]


BELOW = text(
    "SELECT c.id, c.code FROM categories c LEFT JOIN categories above ON above.id = c.parent_id "
    "WHERE c.forum_id = :forum AND (c.code = ANY (:codes) OR above.code = ANY (:codes))"
)


def checked_answers(category: Category, answers: Answers) -> Answers:
    """Return the answers to the category's questions; refuses unknown questions and answers of another kind."""
    questions = {q["code"]: q for q in category.questions}
    for code, answer in answers.items():
        question = questions.get(code)
        if question is None:
            remedy = N_("Answer only the questions of the category: %(codes)s.")
            codes = ", ".join(questions) or "–"
            raise Invalid(
                N_("The category asks no such question."),
                field=f"answers.{code}",
                value=code,
                remedy=remedy,
                codes=codes,
            )
        if not _fits(question, answer):
            remedy = N_("Give what the question asks for: %(kind)s.")
            message = N_("This does not answer the question.")
            raise Invalid(message, field=f"answers.{code}", value=answer, remedy=remedy, kind=_asked(question))
    check(answers=answers)
    return answers


def _fits(question: dict[str, Any], answer: object) -> bool:
    kind = question["kind"]
    if kind == "boolean":
        return isinstance(answer, bool)
    if kind == "number":
        return isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer <= 1_000_000
    if kind == "choice":
        return isinstance(answer, str) and answer in {option["code"] for option in question["options"]}
    return isinstance(answer, str) and len(answer) <= ANSWER_LENGTH


def _asked(question: dict[str, Any]) -> str:
    if question["kind"] == "choice":
        return ", ".join(option["code"] for option in question["options"])
    return {"boolean": "true, false", "number": "0–1000000", "text": f"≤ {ANSWER_LENGTH}"}[question["kind"]]

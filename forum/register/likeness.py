"""Names that are like what was typed (likhet): misspelt ones too, and parts of longer ones.

The names are few: each is compared by its groups of three letters, so that a slip of the pen finds it too.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, Text, bindparam, cast, func
from sqlalchemy.orm import InstrumentedAttribute, Session

Row = TypeVar("Row")
Name = ColumnElement[str] | InstrumentedAttribute[str]
ALIKE, SHORTEST, MOST = 0.7, 3, 5
WORDS = bindparam("words", type_=Text())
ASKED = func.folded(WORDS)


def likeness(name: Name) -> ColumnElement[float]:
    """Return how like a name and the words are, or one of them and a part of the other; 1 where it holds them."""
    plain = func.folded(name)
    held = cast(func.strpos(plain, ASKED) > 0, Integer)
    return func.greatest(held, func.word_similarity(ASKED, plain), func.word_similarity(plain, ASKED))


def likest(session: Session, query: Select[Row], name: Name, words: str, then: Any = None) -> list[Row]:
    """Return some of the query whose name is like the words, the likest first, and among those by `then` or by name."""
    if len(words.strip()) < SHORTEST:
        return []
    alike = query.where(likeness(name) >= ALIKE).order_by(likeness(name).desc(), name if then is None else then)
    return list(session.scalars(alike.limit(MOST), {"words": words.strip()}))

"""The filters of the list as options of a command (urval): the same names, read by the same reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from forum.people.forums import Forum
    from forum.register.finding import Filter

F = TypeVar("F", bound=Callable[..., Any])
Given = Mapping[str, Sequence[str] | str | None]
OPTIONS = {
    "from": ("D", "Not before this day or moment."),
    "to": ("D", "Before this day or moment."),
    "area": ("A", "Name or code of an imported area."),
    "bbox": ("W,S,E,N", "A map window in degrees."),
    "q": ("WORDS", "Words of the text, or a number."),
    "created_since": ("D", "Registered after this moment."),
}
SEVERAL = {
    "category": ("C", "Code of a category; what lies below it belongs to it. May be said again."),
    "organisation": ("O", "Name of the partner whose it is. May be said again."),
    "status": ("S", "new, looked_at, at_place, answered, withdrawn or same_as. May be said again."),
    "hour": ("H", "Hour of the Swedish clock, 0-23. May be said again."),
    "weekday": ("N", "Day of the week, 1 is Monday. May be said again."),
}


def filter_options(command: F) -> F:
    """Add the options of the filter to a command."""
    for several, options in ((True, SEVERAL), (False, OPTIONS)):
        for name, (metavar, said) in reversed(options.items()):
            option = f"--{name.replace('_', '-')}"
            command = click.option(option, name, metavar=metavar, multiple=several, help=said)(command)
    return command


def filter_of(session: Session, forum: Forum, given: Given) -> Filter:
    """Return the filter that the options say; partners are named, not numbered."""
    from starlette.datastructures import QueryParams

    from api import filters
    from forum.people import organisations

    pairs = [(name, value) for name, value in given.items() if isinstance(value, str)]
    pairs += [(name, word) for name, words in given.items() if not isinstance(words, str) for word in words or ()]
    known = [
        (name, str(organisations.named(session, forum.id, word).id) if name == "organisation" else word)
        for name, word in pairs
    ]
    return filters.filter_of(QueryParams(known))

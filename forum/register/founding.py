"""Founding a forum (bilda forum): over imported areas, with the standard categories."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.foundation.screening import check
from forum.people import agreements, forums
from forum.people.forums import Forum
from forum.register import areas, categories


def found(session: Session, *, slug: str, name: str, area_names: Sequence[str], demo: bool = False) -> Forum:
    """Make a forum that works in the named areas and has the standard categories."""
    if not area_names:
        message = N_("A forum needs at least one area.")
        raise Invalid(message, field="area", remedy=N_("Name imported areas with --area."))
    check(name=name)
    chosen = [area for wanted in area_names for area in areas.named(session, wanted, agreements.today())]
    forum = forums.create(session, slug=slug, name=name, demo=demo)
    areas.assign(session, forum.id, chosen)
    categories.install(session, forum.id)
    return forum

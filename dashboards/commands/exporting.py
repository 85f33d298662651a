"""What the command `deviations export` does (uttag); a module of its own, for it needs every file format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from dashboards.commands.filtering import Given, filter_of
from dashboards.commands.session import progress_of, save
from forum.foundation.audience import Audience
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.people import members
from forum.people.forums import Forum
from forum.register import exports
from forum.register.exports import Exported, Handout
from mapping.files.exports import Form, written

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

STEP = 500
"""Rows between two signs of progress."""


def export_to(session: Session, forum: Forum, file: Path, audience: str, given: Given) -> int:
    """Write the rows to the file, which its owner alone can read, and return how many there are."""
    form = form_of(file)
    wanted = filter_of(session, forum, given)
    worker = members.system(session, forum.id, forum.slug, forum.name, demo=forum.demo)

    def write(handout: Handout) -> int:
        with progress_of(file.name, handout.length) as bar:
            handout.rows = _shown(handout.rows, bar)
            with written(form, handout) as made:
                save(made, file)
        return handout.count

    return exports.hand_out(session, worker, wanted, write, audience=Audience(audience), form=form)


def form_of(file: Path) -> Form:
    """Return the format that the file's ending names."""
    ending = file.suffix.lower().removeprefix(".")
    if ending not in set(Form):
        message, remedy = N_("Files with this ending are not written."), N_("Choose among %(names)s.")
        raise Invalid(message, field="file", value=file.name, remedy=remedy, names=", ".join(Form))
    return Form(ending)


def _shown(rows: Iterator[Exported], bar: ProgressBar[int]) -> Iterator[Exported]:
    for number, row in enumerate(rows, 1):
        if number % STEP == 0:
            bar.update(STEP)
        yield row

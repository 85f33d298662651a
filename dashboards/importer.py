"""The work of an import that a job does (importarbete): all rows of a kept file or none, as its member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.errors import Forbidden, ForumError, NotFound
from forum.foundation.language import N_
from forum.people import members
from forum.people.members import Member
from forum.register import imports
from mapping.files import surveys
from mapping.files.imports import Progress, Result, packed, refused, take_in
from mapping.files.mappings import mapping_of
from mapping.files.sources import table_of


@dataclass(frozen=True)
class File:
    """A kept file, and what its columns mean as the keys of a mapping."""

    name: str
    content: bytes
    keys: dict[str, Any]


def work(session: Session, kept: imports.Import, slug: str, progress: Progress) -> None:
    """Import a kept file as the member who brought it, and note what came of it in the same transaction."""
    assert kept.mapping is not None
    assert kept.content is not None
    read = _figures if kept.figures else _deviations
    keys, content, figures = kept.mapping, kept.content, kept.figures
    session.commit()  # no transaction waits while the file is read
    try:
        with rights.kept(session):
            file = File(f"import{kept.ending}", content, keys)
            result = read(session, _who(session, kept, slug), file, progress)
        saved = not kept.trial and (kept.skip_bad or not result.of("refused"))
    except ForumError as error:
        result, saved = refused(error), False
    if not saved:
        session.rollback()
    counts = dict(result.counts)
    if figures:
        counts.pop("quarantined", None)  # nothing of theirs waits
    imports.finish(session, kept, saved=saved, counts=counts, report=packed(result.told))


def _deviations(session: Session, member: Member, file: File, progress: Progress) -> Result:
    mapping = mapping_of(file.keys)
    return take_in(session, member, mapping, table_of(file.name, file.content, mapping.file), progress)


def _figures(session: Session, member: Member, file: File, progress: Progress) -> Result:
    mapping = surveys.mapping_of(file.keys)
    table = surveys.table_from(file.name, file.content, mapping.file)
    return surveys.take_in(session, member, mapping, table, progress)


def _who(session: Session, kept: imports.Import, slug: str) -> Member:
    try:
        return members.acting(session, imports.account_of(session, kept), slug)
    except NotFound as error:
        message = N_("Whoever brought the file is no member of the forum any more.")
        raise Forbidden(message, remedy=N_("Let another member import it.")) from error

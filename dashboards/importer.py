"""The work of an import that a job does (importarbete): all rows of a kept file or none, as its member."""

from __future__ import annotations

from sqlalchemy.orm import Session

from forum.foundation import rights
from forum.foundation.errors import Forbidden, ForumError, NotFound
from forum.foundation.language import N_
from forum.people import members
from forum.people.members import Member
from forum.register import imports
from mapping.files.imports import Progress, packed, refused, take_in
from mapping.files.mappings import mapping_of
from mapping.files.sources import table_of


def work(session: Session, kept: imports.Import, slug: str, progress: Progress) -> None:
    """Import a kept file as the member who brought it, and note what came of it in the same transaction."""
    assert kept.mapping is not None
    assert kept.content is not None
    mapping, content = mapping_of(kept.mapping), kept.content
    session.commit()  # no transaction waits while the file is read
    try:
        with rights.kept(session):
            table = table_of(f"import{kept.ending}", content, mapping.file)
            result = take_in(session, _who(session, kept, slug), mapping, table, progress)
        saved = not kept.trial and (kept.skip_bad or not result.of("refused"))
    except ForumError as error:
        result, saved = refused(error), False
    if not saved:
        session.rollback()
    imports.finish(session, kept, saved=saved, counts=result.counts, report=packed(result.told))


def _who(session: Session, kept: imports.Import, slug: str) -> Member:
    try:
        return members.acting(session, imports.account_of(session, kept), slug)
    except NotFound as error:
        message = N_("Whoever brought the file is no member of the forum any more.")
        raise Forbidden(message, remedy=N_("Let another member import it.")) from error

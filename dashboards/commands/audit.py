"""Verifying the journal (granskning av journalen)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboards.commands import terminal_language
from dashboards.commands.data import data_dir_option
from dashboards.commands.session import as_json_text, json_option, opened, say
from forum.foundation.language import N_

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from forum.foundation.audit import Verdict


@click.group()
def audit() -> None:
    """The journal of what was done."""


@audit.command()
@json_option
@data_dir_option
@click.pass_context
def verify(ctx: click.Context, as_json: bool, data_dir: Path | None) -> None:
    """Verify every chain of the journal and the rows it speaks of; names the first that does not agree.

    Ends with status 1 when something was changed behind the journal.

    \b
    Example:
      trygghetsforum audit verify --json
    """
    with opened(data_dir) as session:
        verdicts = list(_verdicts(session))
    language = terminal_language()
    found = [_plain(name, verdict, language) for name, verdict in verdicts]
    if as_json:
        click.echo(as_json_text(found))
    for facts in () if as_json else found:
        say(SOUND if facts["sound"] else UNSOUND, **facts)
    if not all(verdict.sound for _, verdict in verdicts):
        ctx.exit(1)


SOUND = N_("%(chain)s: all %(entries)s entries agree.")
UNSOUND = N_("%(chain)s: %(entries)s entries agree, then: %(fault)s")


def _verdicts(session: Session) -> Iterator[tuple[str, Verdict]]:
    """Yield what the verifier says of the installation's chain, of each forum's and of each edition's."""
    from sqlalchemy import select

    from forum.foundation import journal, rights
    from forum.foundation.audit import verify as verify_chain
    from forum.people import members
    from forum.people.forums import Forum
    from forum.prize import editions, methods, seals
    from forum.register import deviations
    from forum.work import adoptions, effects, minutes, pictures, plans, publications

    def rows(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
        yield from deviations.digests(session)
        yield from effects.digests(session)
        yield from pictures.digests(session)
        yield from plans.digests(session)
        yield from adoptions.digests(session)
        yield from minutes.digests(session)
        yield from publications.digests(session)
        yield from methods.digests(session)

    yield "installation", verify_chain(session, journal.INSTALLATION)
    for forum in session.scalars(select(Forum).order_by(Forum.slug)).all():
        members.system(session, forum.id, forum.slug, forum.name)
        yield forum.slug, verify_chain(session, str(forum.id), rows)
        rights.become(session, rights.OPERATOR)
    for edition in editions.all_of(session):
        name, chain = f"priset/{edition.slug}", str(edition.id)
        editions.serve(session, edition.id)
        yield name, verify_chain(session, chain, seals.digests)
        rights.become(session, rights.OPERATOR)


def _plain(name: str, verdict: Verdict, language: str) -> dict[str, Any]:
    fault = verdict.fault.say(language) if verdict.fault else None
    return {"chain": name, "entries": verdict.entries, "sound": verdict.sound, "fault": fault}

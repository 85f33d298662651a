"""Writing down the agreement of a partner (samverkansöverenskommelse)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import DAY, answer, forum_named, forum_option, json_option, opened
from forum.foundation.language import N_


@click.group()
def agreement() -> None:
    """Agreements: a partner without one in force reads but does not write."""


@agreement.command()
@forum_option
@click.option("--organisation", required=True, metavar="O", help="The partner's name.")
@click.option("--purpose", required=True, metavar="P", help="What the partners work together for.")
@click.option("--areas", help="Where it holds. Default: the names of the forum's areas.")
@click.option("--from", "start", required=True, type=DAY, help="The first day.")
@click.option("--to", "end", type=DAY, help="The last day. Default: until it is ended.")
@json_option
@data_dir_option
def add(
    slug: str, organisation: str, purpose: str, areas: str | None, start: datetime, end: datetime | None,
    as_json: bool, data_dir: Path | None,
) -> None:  # fmt: skip
    """Write down a partner's agreement.

    \b
    Example:
      trygghetsforum agreement add --forum farsta --organisation Polisen --purpose "Lägesbild" --from 2026-01-01
    """
    from forum.people import agreements, organisations
    from forum.register.areas import of_forum

    with opened(data_dir) as session:
        forum_id = forum_named(session, slug).id
        partner = organisations.named(session, forum_id, organisation)
        here = session.scalars(of_forum(forum_id, agreements.today()))
        made = agreements.add(
            session,
            forum_id,
            organisation_id=partner.id,
            purposes=purpose,
            areas=areas if areas is not None else ", ".join(sorted({area.name for area in here})),
            valid_from=start.date(),
            valid_to=end.date() if end else None,
        )
        session.commit()
        facts = {"forum": slug, "organisation": partner.name, "areas": made.areas, "from": str(made.valid_from),
                 "to": str(made.valid_to) if made.valid_to else None}  # fmt: skip
    answer(as_json, facts, N_("The agreement with %(organisation)s holds from %(from)s in: %(areas)s."))

"""Making an edition of the prize and its first offices (prisår): the rest its secretary and chair do themselves."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import DAY, answer, json_option, opened
from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from forum.foundation.settings import settings

if TYPE_CHECKING:
    from forum.prize.editions import Facts

TOML = click.Path(exists=True, dir_okay=False, path_type=Path)
MOMENT = click.DateTime(formats=["%Y-%m-%dT%H:%M"])


@click.group()
def edition() -> None:
    """Editions of the prize: one for each year."""


@edition.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people call it.")
@click.option("--year", required=True, type=int, help="The year it is given for.")
@click.option("--theme", default="", help="What this year is about.")
@click.option("--sum", "sum_kr", default=0, type=int, metavar="KR", help="The prize sum in kronor.")
@click.option("--opens", required=True, type=DAY, metavar="D", help="The first day to nominate.")
@click.option("--closes", required=True, type=DAY, metavar="D", help="The last day to nominate, to its end.")
@click.option("--assess-from", required=True, type=DAY, metavar="D", help="The first day on which the jury assesses.")
@click.option("--assess-until", required=True, type=DAY, metavar="D", help="The last one, to its end.")
@click.option("--ceremony", required=True, type=MOMENT, metavar="T",
              help="When the winner is told to everybody, for example 2026-10-22T09:00.")  # fmt: skip
@click.option("--quorum", default=3, show_default=True, type=int, help="So many of the jury at least decide.")
@click.option("--winners", default=1, show_default=True, type=int, help="So many winners at most: one or two.")
@click.option("--criteria", type=TOML, metavar="FILE",
              help="TOML, each criterion a [[criterion]]; without it those of earlier years.")  # fmt: skip
@json_option
@data_dir_option
def create(slug: str, as_json: bool, data_dir: Path | None, criteria: Path | None, **given: Any) -> None:
    """Make a draft of an edition; its secretary prepares and opens it.

    SLUG is its short name, the end of its address. Days are days in Sweden.

    \b
    Example:
      trygghetsforum edition create stockholm-2026 --name "Trygghetspriset 2026" --year 2026 \\
        --theme "Trygghet nattetid" --sum 50000 --opens 2026-06-01 --closes 2026-09-01 \\
        --assess-from 2026-09-15 --assess-until 2026-10-05 --ceremony 2026-10-22T09:00
    """
    from forum.prize import editions

    with opened(data_dir) as session:
        made = editions.create(session, slug=slug, year=given["year"], **_facts(criteria, given))
        session.commit()
        facts = {"edition": made.slug, "name": made.name, "criteria": [row["code"] for row in made.criteria]}
    answer(as_json, facts, N_("The edition %(edition)s is there as a draft: %(name)s."))


def _facts(criteria: Path | None, given: dict[str, Any]) -> Facts:
    from forum.foundation import clock

    facts: Facts = {
        "name": given["name"],
        "theme": given["theme"],
        "sum_kr": given["sum_kr"],
        "winners_most": given["winners"],
        "quorum": given["quorum"],
        "opens_on": _day(given["opens"]),
        "closes_on": _day(given["closes"]),
        "assess_from": _day(given["assess_from"]),
        "assess_until": _day(given["assess_until"]),
        "ceremony_at": clock.to_utc(given["ceremony"], "ceremony_at"),
    }
    if criteria is not None:
        facts["criteria"] = _read(criteria)
    return facts


def _day(moment: datetime) -> Any:
    return moment.date()


def _read(file: Path) -> Any:
    """Return the criteria of a file; whether they hold together is for the edition to say."""
    try:
        return tomllib.loads(file.read_text("utf-8")).get("criterion", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message, remedy = N_("This file is no TOML."), N_("Write each criterion under [[criterion]].")
        raise Invalid(message, field="criteria", value=file.name, remedy=remedy) from error


@edition.group()
def office() -> None:
    """Offices of an edition's jury."""


@office.command()
@click.argument("email")
@click.option("--edition", "slug", required=True, metavar="SLUG", help="The edition's short name.")
@click.option("--office", "kind", required=True, type=click.Choice(["secretary", "chair"]),
              help="Everybody else is appointed by the chair.")  # fmt: skip
@click.option("--organisation", required=True, help="For whom the holder works.")
@click.option("--parent", "parents", multiple=True, metavar="NAME",
              help="What that organisation belongs to, the topmost first; may be repeated.")  # fmt: skip
@click.option("--title", default="", help="How the office is shown, for example the holder's post.")
@json_option
@data_dir_option
def add(
    email: str, slug: str, kind: str, parents: tuple[str, ...], as_json: bool, data_dir: Path | None, **post: str
) -> None:
    """Appoint the secretary or the chair of an edition, and print the one-time link for a password.

    The link is shown once and holds for 24 hours.

    \b
    Example:
      trygghetsforum edition office add sekreterare@example.org --edition stockholm-2026 --office secretary \\
        --organisation Socialförvaltningen --parent "Stockholms stad"
    """
    from forum.people import accounts
    from forum.people.policy import Role
    from forum.prize import editions, jury

    with opened(data_dir) as session:
        found = editions.by_slug(session, slug)
        account = accounts.account_of(session, email=email)
        named = {"organisation": post["organisation"], "title": post["title"]}
        jury.found(session, found, account, office=Role(kind), belongs_to=parents, **named)
        link = f"{settings().base_url.rstrip('/')}/lank/{accounts.invite_link(session, account)}"
        session.commit()
    facts = {"edition": slug, "office": kind, "organisation": post["organisation"], "email": email, "link": link}
    answer(
        as_json, facts, N_("%(email)s holds an office in %(edition)s. The link for a password, for 24 hours: %(link)s")
    )

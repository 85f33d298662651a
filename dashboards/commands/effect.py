"""Effect cards at the terminal (effektkort): whether the figures of a card follow from its own counts."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.commands.session import answer, json_option
from forum.foundation.errors import Invalid
from forum.foundation.language import N_


@click.group()
def effect() -> None:
    """Effect cards of measures."""


@effect.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def recompute(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Recompute an effect card from its own counts; needs no data but the card's JSON, as the interface answers it.

    Ends with status 1 and names the first figure that does not follow.

    \b
    Example:
      trygghetsforum effect recompute card.json
    """
    import orjson

    from mapping.cards import difference

    try:
        plain = orjson.loads(file.read_bytes())
        card = plain.get("card", plain)
        differs, facts = difference(card), {"measure": card["measure"], "months": card["inputs"]["months"]}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message, remedy = N_("This is no effect card that can be recomputed."), N_("Give a card as it was answered.")
        raise Invalid(message, field="file", value=file.name, remedy=remedy) from error
    found = facts | {"equal": differs is None, "differs": differs}
    answer(as_json, found, EQUAL if differs is None else DIFFERS)
    if differs is not None:
        ctx.exit(1)


EQUAL = N_("Measure %(measure)s after %(months)s months: every figure follows from the card's counts.")
DIFFERS = N_("Measure %(measure)s after %(months)s months: this does not follow from the card's counts: %(differs)s.")

"""Importing official areas and the ground (områden och mark)."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import click

from dashboards.commands.data import data_dir_option
from dashboards.commands.session import DAY, answer, json_option, opened
from forum.foundation.errors import Invalid
from forum.foundation.language import N_

KIND = re.compile(r"[a-z][a-z0-9_-]{1,39}")


@click.group()
def areas() -> None:
    """Areas: districts, stadsdelar, DeSO; and what the map draws between them."""


@areas.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, metavar="K", help="stadsdelsomrade, stadsdel, deso …; or for the ground water, "
              "rail, metro, path, stop, school, square, street.")  # fmt: skip
@click.option("--name-field", metavar="F", help="The field with the names. Default: namn or name.")
@click.option("--code-field", metavar="F", help="The field with the codes. Default: kod or code.")
@click.option("--valid-from", type=DAY, metavar="D", help="The day from which these outlines hold.")
@json_option
@data_dir_option
def import_(
    file: Path, kind: str, name_field: str | None, code_field: str | None, valid_from: datetime | None,
    as_json: bool, data_dir: Path | None,
) -> None:  # fmt: skip
    """Import an official area file, in any reference system; what is there already is not added again.

    FILE is GeoJSON, GeoPackage, zipped Shapefile, FlatGeobuf, GML or KML.

    \b
    Example:
      trygghetsforum areas import stadsdelsomraden.geojson --kind stadsdelsomrade --name-field namn --code-field kod
    """
    from forum.register.areas import GROUND_KINDS, import_areas, import_ground
    from mapping.files.areas import read_areas

    if not KIND.fullmatch(kind):
        remedy = N_("Use small letters a-z, for example stadsdelsomrade.")
        raise Invalid(N_("This cannot be a kind of area."), field="kind", value=kind, remedy=remedy)
    if kind in GROUND_KINDS and valid_from is not None:
        raise click.UsageError("--valid-from is for areas; the ground has no versions")
    found = read_areas(file, name_field=name_field, code_field=code_field)
    with opened(data_dir) as session:
        if kind in GROUND_KINDS:
            taken = import_ground(session, kind, found.shapes)
        else:
            taken = import_areas(session, kind, found.shapes, valid_from.date() if valid_from else None)
        session.commit()
    facts = {"kind": kind, "added": taken.added, "known": taken.known, "mended": found.mended}
    answer(as_json, facts, N_("%(kind)s: %(added)s added, %(known)s known already, %(mended)s outlines mended."))

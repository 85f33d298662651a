"""Taking the selection along (ladda ned): where the files are, the filter as fields, and for whom a file may be."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from dashboards.selection import Picked
from forum.foundation.audience import Audience
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.register.finding import Filter
from mapping.files.exports import Form

FORMS: dict[Form, str] = {
    Form.XLSX: "Excel",
    Form.CSV: "CSV",
    Form.GEOJSON: "GeoJSON",
    Form.GPKG: "GeoPackage",
    Form.PARQUET: "GeoParquet",
}
FOR = {
    Audience.FORUM.value: N_("The whole forum"),
    Audience.AUTHORITIES.value: N_("Authorities"),
    "": N_("Only me"),
}


def of_selection(member: Member, picked: Picked, wanted: Filter, language: str) -> dict[str, Any]:
    """Return what the download control shows; the forum is the audience that is chosen already."""
    base = f"/api/v1/forums/{member.forum_slug}/deviations"
    audiences = [name for name in FOR if name != Audience.AUTHORITIES or member.authority]
    return {
        "fields": [(name, value) for name, value in parse_qsl(picked.api_query(wanted)) if name != "limit"],
        "files": [(f"{base}.{form}", name) for form, name in FORMS.items()],
        "audiences": [(name, text(FOR[name], language)) for name in audiences],
    }

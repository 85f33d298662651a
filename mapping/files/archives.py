"""A zipped Shapefile, unpacked with care (zip-arkiv): plain files of one layer, none outside, none blown up."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from forum.foundation.errors import Invalid
from forum.foundation.language import N_
from mapping.files.formats import too_much

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
"""What of a Shapefile is used."""
SHAPEFILE_CODE = (9994).to_bytes(4, "big")
MOST_FILES = 100
MOST_BYTES = 500_000_000
MOST_RATIO = 200
LINK = 0o120000
KIND = 0o170000


def unpack(content: bytes, folder: Path, stem: str) -> Path:
    """Write the archive's one Shapefile into the folder under a name of ours, and return its path."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(members)
            for suffix, entry in _parts(members).items():
                (folder / f"{stem}{suffix}").write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        message = N_("The archive cannot be unpacked.")
        raise Invalid(message, field="file", remedy=N_("Zip it again, without a password.")) from error
    shp = folder / f"{stem}.shp"
    with shp.open("rb") as file:
        if file.read(4) != SHAPEFILE_CODE:
            raise _no_shapefile()
    return shp


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_FILES:
        raise too_much("zip", N_("files"), MOST_FILES)
    if sum(entry.file_size for entry in members) > MOST_BYTES:
        raise too_much("zip", N_("megabytes"), MOST_BYTES // 1_000_000)
    for entry in members:
        is_link = (entry.external_attr >> 16) & KIND == LINK
        blown_up = entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
        if is_link or blown_up or not _stays_inside(entry.filename):
            message = N_("The archive holds a file that is not taken out of it.")
            remedy = N_("Zip plain files only: no links, no paths outside, nothing blown up.")
            raise Invalid(message, field="file", value=entry.filename, remedy=remedy)


def _stays_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and not {"\\", ":"} & set(name)


def _parts(members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Return what belongs to the one layer, by ending."""
    layers = [entry.filename[:-4] for entry in members if entry.filename.lower().endswith(".shp")]
    if len(layers) != 1:
        raise _no_shapefile()
    own = {entry.filename[-4:].lower(): entry for entry in members if entry.filename[:-4] == layers[0]}
    if missing := [suffix for suffix in (".shx", ".dbf") if suffix not in own]:
        message = N_("The Shapefile lacks a part.")
        raise Invalid(message, field="file", value=missing[0], remedy=N_("Zip .shp, .shx, .dbf and .prj together."))
    return {suffix: entry for suffix, entry in own.items() if suffix in PARTS}


def _no_shapefile() -> Invalid:
    remedy = N_("Zip the parts of one layer: .shp, .shx, .dbf and .prj.")
    return Invalid(N_("The archive does not hold exactly one Shapefile."), field="file", remedy=remedy)

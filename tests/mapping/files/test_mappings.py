"""The TOML file that says what a table's columns mean."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

from forum.foundation import clock
from forum.foundation.errors import Invalid
from forum.register.categories import standard_set
from mapping.files.mappings import read_mapping
from mapping.files.rows import rows_of
from mapping.files.tables import read_csv
from tests.real import POLICE

ROOT = Path(__file__).parents[3]
POLICE_MAPPING = ROOT / "docs" / "examples" / "polisen.toml"
PLAIN = """
organisation = "Polisen"
source = "test"
id = "id"
accuracy_m = 50
category = "lighting"
text = "{what}"
[place]
lon = "lon"
lat = "lat"
[time]
zone = "Europe/Stockholm"
from = "when"
"""


def written(folder: Path, content: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(content, "utf-8")
    return path


def problems(folder: Path, content: str) -> list[Invalid]:
    with pytest.raises(Invalid) as caught:
        read_mapping(written(folder, content))
    assert all(problem.remedy for problem in caught.value.problems)
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert old in PLAIN
    return PLAIN.replace(old, new)


def test_a_plain_mapping_is_read_with_what_it_leaves_out(tmp_path: Path) -> None:
    mapping = read_mapping(written(tmp_path, PLAIN))
    assert (mapping.file.encoding, mapping.file.delimiter, mapping.visibility.fixed) == ("utf-8-sig", ",", "forum")
    assert mapping.columns() == ["id", "lon", "lat", "when", "what"]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('organisation = "Polisen"\n', "organisation"),
        ('source = "test"\n', "source"),
        ('id = "id"\n', "id"),
        ("accuracy_m = 50\n", "accuracy_m"),
        ('category = "lighting"\n', "category"),
        ('lat = "lat"\n', "place.lat"),
        ('zone = "Europe/Stockholm"\n', "time.zone"),
        ('from = "when"\n', "time.from"),
    ],
)
def test_each_thing_that_must_be_said_is_missed_by_name(tmp_path: Path, line: str, field: str) -> None:
    assert [problem.field for problem in problems(tmp_path, changed(line, ""))] == [field]


def test_an_import_without_accuracy_is_refused_with_what_to_write(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, changed("accuracy_m = 50\n", ""))
    assert "accuracy_m = 100" in str(problem)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('source = "test"', 'source = "test"\nsurce = "test"', "surce"),
        ('lat = "lat"', 'lat = "lat"\naltitude = "z"', "place.altitude"),
        ('from = "when"', 'from = "when"\nuntil = "x"', "time.until"),
        ("accuracy_m = 50", 'accuracy_m = 50\naccuracy_column = "a"', "accuracy_m"),
        ("accuracy_m = 50", 'accuracy_m = "50"', "accuracy_m"),
        ("accuracy_m = 50", "accuracy_m = true", "accuracy_m"),
        ("accuracy_m = 50", "accuracy_m = 0", "accuracy_m"),
        ("accuracy_m = 50", "accuracy_m = 9000", "accuracy_m"),
        ('id = "id"', 'id = ""', "id"),
        ('id = "id"', "id = 7", "id"),
        ('category = "lighting"', "category = 7", "category"),
        ('text = "{what}"', 'text = "{what"', "text"),
        ('text = "{what}"', 'text = "{what:>10}"', "text"),
        ('text = "{what}"', 'text = "{what!r}"', "text"),
        ('from = "when"', "from = [1]", "time.from"),
        ('from = "when"', "from = []", "time.from"),
        ("Europe/Stockholm", "Europe/Farsta", "time.zone"),
        ("Europe/Stockholm", "../../etc/passwd", "time.zone"),
        ('from = "when"', 'from = "when"\nformat = "%Y-%m-%dT%H:%M%z"', "time.format"),
        ('lon = "lon"\nlat = "lat"', 'x = "x"\ny = "y"', "place.crs"),
        ('lon = "lon"\nlat = "lat"', 'x = "x"\ny = "y"\ncrs = 2400', "place.crs"),
        ('lon = "lon"\nlat = "lat"', "", "place"),
        ('lat = "lat"', 'lat = "lat"\ndecimal = ";"', "place.decimal"),
        ("[place]", '[file]\ndelimiter = ":"\n[place]', "file.delimiter"),
        ("[place]", '[file]\nencoding = "swedish"\n[place]', "file.encoding"),
        ("[place]", '[file]\nencoding = "hex"\n[place]', "file.encoding"),
        ("[place]", "[file]\nfirst_line = 3\n[place]", "file.first_line"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_key(tmp_path: Path, old: str, new: str, field: str) -> None:
    assert field in [problem.field for problem in problems(tmp_path, changed(old, new))]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, 'colour = "blue"\n')
    wanted = {"organisation", "source", "id", "accuracy_m", "category", "place", "time.zone", "time.from", "colour"}
    assert {problem.field for problem in found} == wanted


@pytest.mark.parametrize("content", ["organisation = ", "a = 1\na = 2", "\0"])
def test_what_is_no_toml_is_refused(tmp_path: Path, content: str) -> None:
    assert [problem.field for problem in problems(tmp_path, content)] == ["mapping"]


def documented(language: str) -> str:
    """Return the page's one example in the language."""
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    (example,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return str(example)


def test_every_key_of_the_documented_example_is_explained() -> None:
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    first_cells = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    explained = {key for cell in first_cells for key in re.findall(r"`([a-z_.]+)`", cell)}
    assert set(flat(tomllib.loads(documented("toml")))) <= explained


def flat(table: dict[str, object], where: str = "") -> list[str]:
    """Return the keys of the tables, the values of a value table left out."""
    names = []
    for key, value in table.items():
        name = f"{where}{key}"
        inner = isinstance(value, dict) and key != "values"
        names += flat(value, f"{name}.") if inner and isinstance(value, dict) else [name]
    return names


def test_the_documented_example_maps_the_rows_that_it_shows(tmp_path: Path) -> None:
    mapping = read_mapping(written(tmp_path, documented("toml")))
    (tmp_path / "a.csv").write_bytes(documented("csv").encode("cp1252"))
    table = read_csv(tmp_path / "a.csv", encoding=mapping.file.encoding, delimiter=mapping.file.delimiter)
    first, second = (mapped.row for mapped in rows_of(mapping, table))
    assert first is not None
    assert second is not None
    assert (first.source_ref, first.notice.category, first.notice.visibility) == ("H-101", "lighting.lamp_out", "forum")
    assert (second.notice.category, second.notice.visibility) == ("vandalism.graffiti", "own")
    assert clock.local(clock.to_utc(first.notice.occurred_from, "")).isoformat() == "2026-03-02T21:40:00+01:00"
    assert (first.notice.lon, first.notice.lat) == pytest.approx((18.09, 59.243), abs=1e-6)


def test_the_police_mapping_sends_each_type_to_a_category_that_there_is() -> None:
    mapping = read_mapping(POLICE_MAPPING)
    there = {category["code"] for category in standard_set()}
    assert mapping.category.values is not None
    assert set(mapping.category.values.values()) | {mapping.category.default} <= there
    assert len(mapping.category.values) == 80


@pytest.mark.realdata
def test_the_police_mapping_knows_every_type_of_the_file() -> None:
    mapping = read_mapping(POLICE_MAPPING)
    with POLICE.open(encoding="utf-8-sig", newline="") as file:
        types = {row["typ"] for row in csv.DictReader(file)}
    assert mapping.category.values is not None
    assert types == set(mapping.category.values)

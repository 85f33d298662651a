"""A file of figures: its mapping, numbers as people write them, and each refused line with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from forum.foundation.errors import Invalid
from forum.register import surveys
from mapping.files.imports import Result
from mapping.files.surveys import read_mapping, table_in, take_in
from tests.builders import World

PERCEIVED = """
kind = "perceived"
source = "Mätningen"
publisher = "Staden"
topic = { column = "fråga" }
area = "stadsdel"
year = { column = "år" }
share = "andel"
respondents = "svar"
decimal = ","
[file]
delimiter = ";"
"""
REPORTED = """
kind = "reported"
source = "Anmälda brott"
publisher = "Myndigheten"
topic = { column = "brott", values = { "03" = "Misshandel" } }
area = "kod"
year = "2023"
count = "antal"
population = "folkmängd"
"""


def taken(session: Session, world: World, folder: Path, mapping: str, lines: list[str]) -> Result:
    (folder / "m.toml").write_text(mapping, "utf-8")
    (folder / "a.csv").write_text("\n".join(lines), "utf-8")
    read = read_mapping(folder / "m.toml")
    return take_in(session, world.acting(session, "coordinator"), read, table_in(folder / "a.csv", read.file))


def test_shares_in_percent_with_a_comma_are_read(session: Session, world: World, tmp_path: Path) -> None:
    lines = ["stadsdel;år;fråga;andel;svar", "Område farsta;2023;Otrygg ute sent;31,5 %;1 240"]
    result = taken(session, world, tmp_path, PERCEIVED, lines)
    assert (result.counts["added"], result.told) == (1, [])
    (found,) = surveys.all_of(session, world.acting(session, "teacher"))
    assert (found.share, found.respondents, found.topic, found.year) == (0.315, 1240, "Otrygg ute sent", 2023)
    assert taken(session, world, tmp_path, PERCEIVED, lines).counts["known"] == 1


def test_counts_by_code_and_group_are_read(session: Session, world: World, tmp_path: Path) -> None:
    result = taken(session, world, tmp_path, REPORTED, ["kod,brott,antal,folkmängd", "farsta,03,41,", "farsta,99,1,1"])
    assert (result.counts["added"], [each.line for each in result.of("refused")]) == (1, [3])
    (found,) = surveys.all_of(session, world.acting(session, "teacher"))
    assert (found.topic, found.count, found.population, found.area) == ("Misshandel", 41, None, "Område farsta")


def test_each_line_that_is_no_figure_is_told_with_its_number_and_reason(
    session: Session, world: World, tmp_path: Path
) -> None:
    lines = [
        "stadsdel;år;fråga;andel;svar",
        "Rinkeby;2023;Q;31;99",
        "Område farsta;i fjol;Q;..;x",
        "Område farsta;2023",
    ]
    result = taken(session, world, tmp_path, PERCEIVED, lines)
    told = {each.line: [problem.field for problem in each.problems] for each in result.told}
    assert told == {2: ["area"], 3: ["share", "respondents", "year"], 4: ["line"]}
    assert result.counts["added"] == 0


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('kind = "perceived"', 'kind = "felt"', "kind"),
        ('share = "andel"', "", "share"),
        ('decimal = ","', 'decimal = ";"', "decimal"),
        ('decimal = ","', 'unit = "permille"', "unit"),
        ('decimal = ","', 'count = "x"', "count"),
        ('area = "stadsdel"', "", "area"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_told_by_its_key(tmp_path: Path, old: str, new: str, field: str) -> None:
    (tmp_path / "m.toml").write_text(PERCEIVED.replace(old, new), "utf-8")
    with pytest.raises(Invalid) as refused:
        read_mapping(tmp_path / "m.toml")
    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_file_without_the_columns_or_of_another_kind_is_refused(
    session: Session, world: World, tmp_path: Path
) -> None:
    with pytest.raises(Invalid) as refused:
        taken(session, world, tmp_path, PERCEIVED, ["stadsdel;andel", "Område farsta;3"])
    assert [problem.value for problem in refused.value.problems] == ["fråga", "år", "svar"]
    (tmp_path / "a.geojson").write_text("{}", "utf-8")
    with pytest.raises(Invalid, match="this ending"):
        table_in(tmp_path / "a.geojson", read_mapping(tmp_path / "m.toml").file)

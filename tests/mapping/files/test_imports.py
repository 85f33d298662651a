"""A file of deviations into the register: what becomes of each line, and the report of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from forum.foundation.errors import Forbidden, Invalid
from forum.foundation.language import Language
from forum.people import members
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.register import finding
from forum.register.finding import Filter
from forum.register.quarantine import Quarantined
from mapping.files.formulas import harmless
from mapping.files.imports import HEADER, Result, Told, take_in, write_report
from mapping.files.mappings import read_mapping
from mapping.files.tables import read_csv
from tests.builders import World
from tests.mapping.files.test_mappings import PLAIN, written

COLUMNS = "id,lon,lat,when,what"
GOOD = "{0},18.09,59.243,2026-03-02T21:40,Släckt lampa {0}"


def importing(session: Session, world: World, partner: str = "Polisen") -> Member:
    """Let the session act for the forum's own work on behalf of the partner."""
    world.acting(session, "coordinator")
    organisation = session.get_one(Organisation, world.organisations[partner])
    return members.system(session, world.forum_id, world.slug, "Forum", organisation)


def taken(session: Session, member: Member, folder: Path, lines: Sequence[str], mapping: str = PLAIN) -> Result:
    (folder / "a.csv").write_text("\n".join([COLUMNS, *lines]), "utf-8")
    own = mapping.replace('"Polisen"', f'"{member.organisation_name}"')
    return take_in(session, member, read_mapping(written(folder, own)), read_csv(folder / "a.csv"))


def goods(*numbers: int) -> list[str]:
    return [GOOD.format(number) for number in numbers]


def test_rows_come_back_as_they_stood_in_the_file(session: Session, world: World, tmp_path: Path) -> None:
    result = taken(session, importing(session, world), tmp_path, goods(1, 2))
    assert (result.added, result.known, result.told) == (2, 0, [])
    page = finding.find(session, world.acting(session, "landlord"), Filter())
    assert {(row.source, row.source_ref, row.text) for row in page.rows} == {
        ("test", "1", "Släckt lampa 1"),
        ("test", "2", "Släckt lampa 2"),
    }
    for row in page.rows:
        assert row.position == (18.09, 59.243)
        assert row.occurred_from == row.occurred_to == datetime(2026, 3, 2, 20, 40, tzinfo=UTC)
        assert (row.accuracy_m, row.organisation_id) == (50.0, world.organisations["Polisen"])


def test_the_same_rows_again_add_none_and_new_ones_are_added(session: Session, world: World, tmp_path: Path) -> None:
    member = importing(session, world)
    taken(session, member, tmp_path, goods(1, 2))
    again = taken(session, member, tmp_path, goods(1, 2, 3))
    assert (again.added, again.known) == (1, 2)
    other = taken(session, member, tmp_path, goods(1), PLAIN.replace('"test"', '"another source"'))
    assert other.added == 1


def test_every_refused_line_is_told_with_its_reason(session: Session, world: World, tmp_path: Path) -> None:
    lines = [
        *goods(1),
        "2,17.0,59.243,2026-03-02T21:40,outside",
        "3,59.243,18.09,2026-03-02T21:40,swapped",
        "4,,,2026-03-02T21:40,no place",
        "5,18.09,59.243,2999-01-01T00:00,to come",
        "6,18.09,59.243,1900-01-01T00:00,long ago",
        f"7,18.09,59.243,2026-03-02T21:40,{'a' * 1_000_000}",
        "8,18.09,59.243,2026-03-02T21:40",
        *goods(1),
        ",18.09,59.243,2026-03-02T21:40,no id",
    ]
    result = taken(session, importing(session, world), tmp_path, lines)
    assert result.added == 1
    assert [(told.line, told.source_ref, told.problems[0].field) for told in result.of("refused")] == [
        (3, "2", "position"),
        (4, "3", "lon"),
        (5, "4", "position"),
        (6, "5", "occurred_from"),
        (7, "6", "occurred_from"),
        (8, "7", "text"),
        (9, "8", "line"),
        (10, "1", "source_ref"),
        (11, "", "source_ref"),
    ]
    assert all(problem.remedy for told in result.told for problem in told.problems)


def test_an_id_that_stands_twice_is_refused_also_when_it_is_known(
    session: Session, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.register.bulk.CHUNK", 1)
    member = importing(session, world)
    for added in (1, 0):
        result = taken(session, member, tmp_path, goods(1, 1))
        assert (result.added, result.known, len(result.of("refused"))) == (added, 1 - added, 1)


def test_a_row_that_points_at_a_person_waits_in_quarantine_and_stops_nothing(
    session: Session, world: World, tmp_path: Path
) -> None:
    member = importing(session, world)
    lines = [*goods(1), "2,18.09,59.243,2026-03-02T21:40,Ring 070-174 06 35"]
    result = taken(session, member, tmp_path, lines)
    assert (result.added, [told.line for told in result.of("quarantined")]) == (1, [3])
    assert session.scalars(select(Quarantined.source_ref)).all() == ["2"]
    assert taken(session, member, tmp_path, lines).known == 2


def test_a_category_that_the_forum_does_not_have_is_refused(session: Session, world: World, tmp_path: Path) -> None:
    result = taken(session, importing(session, world), tmp_path, goods(1), PLAIN.replace('"lighting"', '"spaceships"'))
    assert [(t.problems[0].field, t.problems[0].value) for t in result.told] == [("category", "spaceships")]


def test_a_visibility_that_the_organisation_may_not_choose_is_refused(
    session: Session, world: World, tmp_path: Path
) -> None:
    mapping = PLAIN.replace("[place]", 'visibility = "authorities"\n[place]')
    result = taken(session, importing(session, world, "Bostadsbolaget"), tmp_path, goods(1), mapping)
    assert [told.problems[0].field for told in result.told] == ["visibility"]
    assert taken(session, importing(session, world, "Polisen"), tmp_path, goods(1), mapping).added == 1


def test_an_organisation_without_an_agreement_imports_nothing(session: Session, world: World, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        taken(session, importing(session, world, "Skolan"), tmp_path, goods(1))


def test_a_remark_on_a_row_is_told_only_when_the_row_is_added(session: Session, world: World, tmp_path: Path) -> None:
    mapping = PLAIN.replace('from = "when"', 'from = "when"\npublished = "what"')
    lines = ["1,18.09,59.243,2026-03-02T21:40,2026-03-01", "2,17.0,59.243,2026-03-02T21:40,2026-03-01"]
    member = importing(session, world)
    result = taken(session, member, tmp_path, lines, mapping)
    assert [(told.line, told.outcome) for told in result.told] == [(2, "added"), (3, "refused")]
    assert not taken(session, member, tmp_path, lines, mapping).of("added")


def test_progress_is_told_in_steps(
    session: Session, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapping.files.imports.STEP", 2)
    (tmp_path / "a.csv").write_text("\n".join([COLUMNS, *goods(1, 2, 3, 4, 5)]), "utf-8")
    steps: list[int] = []
    take_in(
        session,
        importing(session, world),
        read_mapping(written(tmp_path, PLAIN)),
        read_csv(tmp_path / "a.csv"),
        steps.append,
    )
    assert steps == [2, 2]


def test_the_report_has_each_problem_in_the_readers_language_and_no_formula() -> None:
    problem = Invalid("This is not a coordinate.", field="lon", value="=1+1", remedy="Choose another name.")
    told = Told(7, "refused", "=cmd()", [problem, Invalid("This is not a coordinate.")])
    for language, said in ((Language.EN, "This is not a coordinate."), (Language.SV, "Det här är inte en koordinat.")):
        file = io.StringIO()
        write_report(file, [told], language)
        rows = list(csv.reader(io.StringIO(file.getvalue())))
        assert rows[0] == list(HEADER)
        assert rows[1][:6] == ["7", "refused", "'=cmd()", "lon", "'=1+1", said]
        assert rows[2][2:] == ["'=cmd()", "", "", said, ""]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_what_a_spreadsheet_would_compute_begins_with_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "18.09", "’=1"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell

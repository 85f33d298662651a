"""`deviations import`: all or nothing, a dry run, a report, the counts; `deviations export`: what leaves, for whom."""

from __future__ import annotations

import csv
import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dashboards.commands import session as commands
from forum.people import members
from forum.register.deviations import Deviation
from forum.register.quarantine import Quarantined
from mapping.files.exports import Form
from tests import sheets
from tests.builders import World, mark
from tests.dashboards.commands.conftest import Call
from tests.mapping.files.test_imports import COLUMNS, goods
from tests.mapping.files.test_mappings import PLAIN, written
from tests.mapping.files.test_round_trips import EXAMPLE

OUTSIDE = "{0},17.0,59.243,2026-03-02T21:40,Utanför"
PERSON = "{0},18.09,59.243,2026-03-02T21:40,Ring 070-174 06 35"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    """Return a mapping whose source no other test has used."""
    return written(tmp_path, PLAIN.replace('"test"', f'"{tmp_path.name}"'))


def table(folder: Path, *lines: str) -> Path:
    path = folder / "a.csv"
    path.write_text("\n".join([COLUMNS, *lines]), "utf-8")
    return path


def counts(sessions: sessionmaker[Session], world: World, source: str) -> tuple[int, int]:
    """Return how many rows of the source are in the register and in quarantine."""
    with sessions() as session:
        members.system(session, world.forum_id, world.slug, "Forum")
        found = [session.scalar(select(func.count()).select_from(kind).where(kind.source == source))
                 for kind in (Deviation, Quarantined)]  # fmt: skip
        return found[0] or 0, found[1] or 0


@pytest.fixture
def bring(cli: Call, lasting: World, mapping: Path) -> Callable[..., tuple[int, str, str]]:
    """Return what imports a file and tells exit status, output and complaints."""

    def call(file: Path, *options: object) -> tuple[int, str, str]:
        answer = cli("deviations", "import", file, "--forum", lasting.slug, "--mapping", mapping, *options)
        return answer.exit_code, answer.stdout, answer.stderr

    return call


Bring = Callable[..., tuple[int, str, str]]


def test_good_rows_are_saved_and_known_the_second_time(
    bring: Bring, sessions: sessionmaker[Session], lasting: World, tmp_path: Path
) -> None:
    file = table(tmp_path, *goods(1, 2))
    assert bring(file) == (0, "2 added, 0 known already, 0 in quarantine, 0 refused.\n", "")
    assert bring(file) == (0, "0 added, 2 known already, 0 in quarantine, 0 refused.\n", "")
    assert counts(sessions, lasting, tmp_path.name) == (2, 0)


def test_one_refused_row_saves_nothing_and_gives_status_1_with_the_reason(
    bring: Bring, sessions: sessionmaker[Session], lasting: World, tmp_path: Path
) -> None:
    status, said, complaint = bring(table(tmp_path, *goods(1), PERSON.format(2), OUTSIDE.format(3)))
    assert status == 1
    assert said == "1 added, 0 known already, 1 in quarantine, 1 refused.\n"
    assert "Line 4 (3): position: The point lies outside the forum's area." in complaint
    assert "Line 3 (2) waits in quarantine." in complaint
    assert "070" not in complaint
    assert "Nothing was saved." in complaint
    assert counts(sessions, lasting, tmp_path.name) == (0, 0)


def test_skip_bad_saves_the_good_rows_and_the_report_has_the_others(
    bring: Bring, sessions: sessionmaker[Session], lasting: World, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    lines = [*goods(1), PERSON.format(2), OUTSIDE.format("=3"), "4,,,2026-03-02T21:40,a"]
    status, said, _ = bring(table(tmp_path, *lines), "--skip-bad", "--report", report)
    assert (status, said) == (0, "1 added, 0 known already, 1 in quarantine, 2 refused.\n")
    assert counts(sessions, lasting, tmp_path.name) == (1, 1)
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["outcome"], row["source_ref"], row["field"]) for row in rows] == [
        ("3", "quarantined", "2", "text"),
        ("4", "refused", "'=3", "position"),
        ("5", "refused", "4", "position"),
    ]
    assert all(row["reason"] and row["remedy"] for row in rows)
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_only_the_first_reasons_are_said_and_how_many_more_there_are(bring: Bring, tmp_path: Path) -> None:
    _, _, complaint = bring(table(tmp_path, *(OUTSIDE.format(number) for number in range(13))))
    assert complaint.count("The point lies outside the forum's area.") == 10
    assert "… and 3 lines more; --report names them all." in complaint


def test_a_quarantined_row_does_not_stop_the_file(
    bring: Bring, sessions: sessionmaker[Session], lasting: World, tmp_path: Path
) -> None:
    assert bring(table(tmp_path, *goods(1), PERSON.format(2)))[0] == 0
    assert counts(sessions, lasting, tmp_path.name) == (1, 1)


@pytest.mark.parametrize("refused", [[], [OUTSIDE.format(2)]], ids=len)
def test_a_dry_run_saves_nothing_and_tells_what_would_come(
    bring: Bring, sessions: sessionmaker[Session], lasting: World, tmp_path: Path, refused: list[str]
) -> None:
    status, said, complaint = bring(table(tmp_path, *goods(1), *refused), "--dry-run", "--report", tmp_path / "r.csv")
    assert status == len(refused)
    assert said.startswith("1 added, ")
    assert "dry run" in complaint
    assert len((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()) == 1 + len(refused)
    assert counts(sessions, lasting, tmp_path.name) == (0, 0)


def test_json_has_the_counts_and_each_problem(bring: Bring, tmp_path: Path) -> None:
    status, said, _ = bring(table(tmp_path, *goods(1), OUTSIDE.format(2)), "--json")
    facts = json.loads(said)
    assert status == 1
    assert {name: facts[name] for name in ("added", "known", "quarantined", "refused", "saved")} == {
        "added": 1, "known": 0, "quarantined": 0, "refused": 1, "saved": False,
    }  # fmt: skip
    assert [(p["line"], p["outcome"], p["problems"][0]["field"]) for p in facts["problems"]] == [
        (3, "refused", "position")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "file: The file is empty."),
        ("id,lon,lat,when,what\n1,18,59,2026-03-02T21:40,Högdalen\n".encode("cp1252"), "encoding: Line 2"),
        (b"id,lon\n1,18\n", "column: The file has no such column."),
        (b'id,lon,lat,when,what\n1,18,59,2026-03-02T21:40,"a\n', "file: From line 2 on"),
    ],
)
def test_a_broken_file_is_refused_before_anything_is_asked_of_the_database(
    bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    if "line 2 on" not in said:
        monkeypatch.setattr("dashboards.commands.deviations.opened", None)
    status, _, complaint = bring(tmp_path / "a.csv")
    assert status == 1
    assert complaint.startswith(said)


def test_a_mapping_with_faults_has_each_of_them_said(bring: Bring, mapping: Path, tmp_path: Path) -> None:
    mapping.write_text(mapping.read_text().replace("accuracy_m = 50\n", "").replace("zone", "zoon"))
    status, _, complaint = bring(table(tmp_path, *goods(1)))
    assert status == 1
    assert [line.partition(":")[0] for line in complaint.splitlines()] == ["accuracy_m", "time.zone", "time.zoon"]


def test_a_forum_or_a_partner_that_there_is_not_is_refused(
    cli: Call, bring: Bring, mapping: Path, tmp_path: Path
) -> None:
    file = table(tmp_path, *goods(1))
    assert cli("deviations", "import", file, "--forum", "nowhere", "--mapping", mapping).exit_code == 1
    mapping.write_text(mapping.read_text().replace("Polisen", "Brandkåren"))
    status, _, complaint = bring(file)
    assert status == 1
    assert "Brandkåren" in complaint


def test_the_report_never_overwrites_the_imported_file(bring: Bring, tmp_path: Path) -> None:
    file = table(tmp_path, *goods(1))
    before = file.read_bytes()
    assert bring(file, "--report", file)[0] == 1
    assert file.read_bytes() == before


def test_a_missing_file_is_wrong_use(bring: Bring, tmp_path: Path) -> None:
    assert bring(tmp_path / "missing.csv")[0] == 2


def test_the_import_runs_as_a_process_and_draws_no_bar_into_a_pipe(
    process: Callable[..., subprocess.CompletedProcess[str]], lasting: World, mapping: Path, tmp_path: Path
) -> None:
    words = ["deviations", "import", table(tmp_path, *goods(1)), "--forum", lasting.slug, "--mapping", mapping]
    answer = process(*words)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "1 added, 0 known already, 0 in quarantine, 0 refused.\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_long_work_shows_a_bar_to_whoever_sits_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    with commands.progress_of("polisen.csv", 10) as bar:
        bar.update(10)
    assert ("polisen.csv" in capsys.readouterr().err) is terminal


# --- export ---


@pytest.fixture
def filled(bring: Bring, tmp_path: Path) -> Path:
    """Return a folder, once the forum has rows to export."""
    assert bring(table(tmp_path, *goods(1, 2, 3)))[0] == 0
    return tmp_path


def told(file: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("form", Form)
def test_an_export_holds_the_rows_of_the_forum_and_its_owner_alone_reads_it(
    cli: Call, lasting: World, filled: Path, form: Form
) -> None:
    file = filled / f"out.{form}"
    answer = cli("deviations", "export", file, "--forum", lasting.slug, "--json")
    assert (answer.exit_code, answer.stderr) == (0, "")
    facts = json.loads(answer.stdout)
    rows = sheets.records(form, file.read_bytes())
    assert (facts["rows"], facts["audience"], facts["file"]) == (len(rows), "forum", str(file))
    assert {row["source_ref"] for row in rows if row["source"] == filled.name} == {"1", "2", "3"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_export_takes_the_filters_of_the_list(cli: Call, lasting: World, filled: Path) -> None:
    file = filled / "out.csv"
    for words, some in (
        (("--organisation", "Polisen", "--from", "2026-03-02", "--to", "2026-03-03", "--hour", "21"), True),
        (("--category", "lighting", "--weekday", "1", "--q", "lampa", "--status", "new"), True),
        (("--organisation", "Bostadsbolaget"), False),
        (("--bbox", "17,58,18,59"), False),
        (("--category", "litter", "--category", "traffic"), False),
    ):
        answer = cli("deviations", "export", file, "--forum", lasting.slug, *words)
        assert answer.exit_code == 0, answer.output
        assert (len(told(file)) > 0) is some, words


def test_no_row_of_one_organisation_alone_leaves_by_the_command(
    cli: Call, lasting: World, sessions: sessionmaker[Session], filled: Path
) -> None:
    with sessions() as session:
        for visibility in ("own", "authorities", "forum"):
            mark(session, lasting.acting(session, "officer"), visibility=visibility)
        session.commit()
    for audience, seen in (("forum", {"forum"}), ("authorities", {"authorities", "forum"})):
        file = filled / "out.csv"
        cli("deviations", "export", file, "--forum", lasting.slug, "--audience", audience)
        rows = told(file)
        assert {row["visibility"] for row in rows} == seen
        assert {row["audience"] for row in rows} == {audience}


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("out.pdf",), (1, "Files with this ending are not written.")),
        (("no/such/folder/out.csv",), (1, "The file cannot be written.")),
        (("out.csv", "--hour", "25"), (1, "hour")),
        (("out.csv", "--organisation", "Brandkåren"), (1, "Brandkåren")),
        (("out.csv", "--audience", "public"), (2, "public")),
        ((), (2, "FILE")),
    ],
)
def test_what_cannot_be_exported_is_refused_and_leaves_no_file(
    cli: Call, lasting: World, tmp_path: Path, words: tuple[str, ...], refused: tuple[int, str]
) -> None:
    given = [tmp_path / words[0], *words[1:]] if words else []
    answer = cli("deviations", "export", *given, "--forum", lasting.slug)
    assert answer.exit_code == refused[0]
    assert refused[1] in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_exported_is_known_when_it_is_imported_again(cli: Call, lasting: World, filled: Path) -> None:
    mapping = filled / "back.toml"
    mapping.write_text(EXAMPLE.read_text("utf-8").replace("Bostadsbolaget", "Polisen"), "utf-8")
    for form in Form:
        file = filled / f"out.{form}"
        cli("deviations", "export", file, "--forum", lasting.slug, "--organisation", "Polisen", "--q", "lampa")
        answer = cli("deviations", "import", file, "--forum", lasting.slug, "--mapping", mapping, "--json")
        facts = json.loads(answer.stdout)
        assert (facts["added"], facts["refused"]) == (0, 0)
        assert facts["known"] >= 3

"""`surveys import`: all or nothing, a second time nothing, and what is refused stands in the report."""

from __future__ import annotations

from pathlib import Path

from tests.builders import World
from tests.dashboards.commands.conftest import Call
from tests.mapping.files.test_surveys import REPORTED


def test_figures_come_in_once_and_a_refused_line_holds_back_the_file(cli: Call, lasting: World, tmp_path: Path) -> None:
    mapping, file, report = tmp_path / "m.toml", tmp_path / "a.csv", tmp_path / "r.csv"
    mapping.write_text(REPORTED, "utf-8")
    head, good = "kod,brott,antal,folkmängd\n", "farsta,03,41,9000\n"

    def bring(lines: str, *options: object) -> tuple[int, str, str]:
        file.write_text(head + lines, "utf-8")
        answer = cli("surveys", "import", file, "--forum", lasting.slug, "--mapping", mapping, *options)
        return answer.exit_code, answer.stdout, answer.stderr

    status, said, complaint = bring(good + "kista,03,7,9000\n", "--report", report)
    assert (status, said) == (1, "1 added, 0 known already, 1 refused.\n")
    assert "area: The forum has no area of this name or code." in complaint
    assert "Nothing was saved." in complaint
    assert "kista" in report.read_text("utf-8-sig")
    assert bring(good, "--dry-run")[1] == "1 added, 0 known already, 0 refused.\n"
    assert bring(good + "kista,03,7,9000\n", "--skip-bad")[:2] == (0, "1 added, 0 known already, 1 refused.\n")
    assert bring(good) == (0, "0 added, 1 known already, 0 refused.\n", "")

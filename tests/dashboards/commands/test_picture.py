"""`picture`: the same figures as a map, on paper and for programs, for an audience, whoever calls."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, rights
from mapping.picture import VERSION
from tests.builders import World, mark
from tests.dashboards.commands.conftest import Call
from tests.dashboards.test_picture import words_of

SEEN = {"forum": 3, "authorities": 4}
NAMES = ("Drugs in the open", "Feeling unsafe")
HIDDEN = {"html": NAMES, "pdf": NAMES, "json": ('"key":"drugs"', '"key":"unease"')}
"""What tells of a row for authorities, and of one for its own organisation."""


@pytest.fixture(scope="module", autouse=True)
def rows(sessions: sessionmaker[Session], lasting: World) -> None:
    """Mark three for the forum, one for authorities that has a category of its own, one for its own organisation."""
    with sessions() as session:
        officer = lasting.acting(session, "officer")
        for visibility, category in (("forum", "lighting"),) * 3 + (("authorities", "drugs"), ("own", "unease")):
            at = clock.to_utc("2023-07-07T21:30", "at")
            mark(session, officer, occurred_from=at, visibility=visibility, category=category, accuracy_m=10)
        session.commit()


def made(cli: Call, out: Path, form: str, *more: str, forum: str = "farsta", to: str = "2023-08-01") -> Result:
    return cli("picture", "--forum", forum, "--from", "2023-07-01", "--to", to, "--format", form, out, *more)


def read(out: Path, form: str) -> str:
    return " ".join(words_of(out.read_bytes())) if form == "pdf" else out.read_text("utf-8")


@pytest.mark.parametrize("audience", SEEN)
@pytest.mark.parametrize("form", ["html", "pdf", "json"])
def test_it_holds_what_its_audience_may_see_and_nothing_more(
    cli: Call, tmp_path: Path, form: str, audience: str
) -> None:
    out = tmp_path / f"picture.{form}"
    answer = made(cli, out, form, "--audience", audience, "--json")
    assert answer.exit_code == 0, answer.output
    told = {"deviations": SEEN[audience], "file": str(out), "format": form, "audience": audience}
    assert json.loads(answer.stdout) == told
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    held, (theirs, own) = read(out, form), HIDDEN[form]
    assert (theirs in held) == (audience == "authorities")
    assert own not in held


def test_the_figures_are_those_of_the_api(cli: Call, tmp_path: Path) -> None:
    counted = {}
    for audience in SEEN:
        out = tmp_path / f"{audience}.json"
        made(cli, out, "json", "--audience", audience)
        figures = json.loads(out.read_text())
        assert (figures["version"], figures["audience"]) == (VERSION, audience)
        assert figures["names"]["categories"]["lighting"] == "Lighting"
        counted[audience] = {group["key"]: group["count"] for group in figures["categories"]["groups"]}
    assert counted == {"forum": {"lighting": 3}, "authorities": {"lighting": 3, "drugs": 1}}


def test_it_says_in_a_sentence_what_it_has_made(cli: Call, tmp_path: Path) -> None:
    answer = made(cli, tmp_path / "p.html", "html")
    assert answer.stdout == f"A picture of 3 deviations in {tmp_path / 'p.html'}.\n"


def test_a_map_that_leaves_stands_in_the_journal(
    cli: Call, tmp_path: Path, sessions: sessionmaker[Session], lasting: World
) -> None:
    made(cli, tmp_path / "p.html", "html", "--audience", "authorities")
    with sessions() as session:
        rights.become(session, rights.Principal(system=lasting.forum_id))
        noted = text("SELECT facts FROM journal WHERE action = 'read:export' ORDER BY seq DESC LIMIT 1")
        facts = session.scalars(noted).one()
    assert (facts["form"], facts["audience"], facts["rows"]) == ("map", "authorities", 4)


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"to": "2023-07-01"}, 1, "from: "),
        ({"forum": "nowhere"}, 1, "forum: "),
        ({"to": "i höst"}, 2, "--to"),
    ],
)
def test_what_cannot_be_made_is_refused_and_leaves_no_file(
    cli: Call, tmp_path: Path, changes: dict[str, str], status: int, said: str
) -> None:
    answer = made(cli, tmp_path / "p.pdf", "pdf", **changes)
    assert answer.exit_code == status
    assert said in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(cli: Call, tmp_path: Path) -> None:
    answer = made(cli, tmp_path / "nowhere" / "p.json", "json")
    assert (answer.exit_code, "nowhere" in answer.stderr) == (1, True)


def test_for_everybody_it_is_what_was_published_in_every_form(cli: Call, tmp_path: Path) -> None:
    out = tmp_path / "picture.json"
    assert made(cli, out, "json", "--audience", "public").exit_code == 0
    assert json.loads(out.read_text())["lacking"] == ["2023-07"]
    assert made(cli, tmp_path / "picture.pdf", "pdf", "--audience", "public").exit_code == 0
    assert "2023" in read(tmp_path / "picture.pdf", "pdf")
    assert made(cli, tmp_path / "picture.html", "html", "--audience", "public").exit_code == 0
    assert "Of this period nothing is published." in (tmp_path / "picture.html").read_text()

"""Making an edition of the prize from the command line, up to the point where its secretary goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import rights
from forum.prize import editions, jury
from tests.dashboards.commands.conftest import Call

DAYS = ["--opens", "2026-06-01", "--closes", "2026-09-01", "--assess-from", "2026-09-15", "--assess-until",
        "2026-10-05", "--ceremony", "2026-10-22T09:00"]  # fmt: skip
CREATE = ["edition", "create", "staden-2026", "--name", "Priset 2026", "--year", "2026"]
OWN = """
[[criterion]]
code = "together"
must = true
sv = "Görs tillsammans"
en = "Done together"
"""


@pytest.fixture(scope="module")
def made(cli: Call) -> str:
    answer = cli(*CREATE, *DAYS, "--theme", "Trygghet nattetid", "--sum", "50000", "--json")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert json.loads(answer.stdout)["criteria"] == ["together", "develops", "innovative", "inspires", "results"]
    return "staden-2026"


def test_its_secretary_signs_in_by_the_link_and_opens_it(
    cli: Call, made: str, sessions: sessionmaker[Session], superuser: Engine
) -> None:
    post = ["--edition", made, "--office", "secretary", "--organisation", "Förvaltningen", "--parent", "Staden"]
    answer = cli("edition", "office", "add", "sekreterare@example.org", *post)
    assert answer.exit_code == 0
    assert "/lank/" in answer.stdout
    with superuser.connect() as hand:
        account = hand.scalar(text("SELECT id FROM accounts WHERE email = 'sekreterare@example.org'"))
    with sessions() as session:
        secretary, edition = jury.acting(session, account, made)
        assert (secretary.role, secretary.organisation, secretary.belongs_to) == (
            "secretary", "Förvaltningen", ("Staden",),
        )  # fmt: skip
        assert (edition.sum_kr, edition.theme) == (50_000, "Trygghet nattetid")
        editions.open_(session, secretary, edition)
        session.commit()
    assert f"priset/{made}: all 1 entries agree.\n" in cli("audit", "verify").stdout
    with superuser.connect() as hand:
        hand.execute(text("UPDATE journal SET action = 'x' WHERE chain = cast(:id AS text)"), {"id": edition.id})
    broken = cli("audit", "verify")
    assert broken.exit_code == 1
    assert f"priset/{made}: 0 entries agree, then:" in broken.stdout


def test_criteria_come_from_a_file_and_what_does_not_hold_together_is_refused(cli: Call, tmp_path: Path) -> None:
    file, slug = tmp_path / "criteria.toml", ["edition", "create", "egna-2026", *CREATE[3:]]
    for content, status in (("no toml", 1), (OWN + OWN, 1), (OWN, 0)):
        file.write_text(content)
        answer = cli(*slug, *DAYS, "--criteria", file)
        assert answer.exit_code == status, content
        assert answer.stderr.startswith("criteria: ") or status == 0
    again = cli(*slug, *DAYS)
    assert (again.exit_code, "There is an edition of this name already." in again.stderr) == (1, True)
    late = cli("edition", "create", "fel-2026", *CREATE[3:], *DAYS[:-1], "2026-09-01T09:00")
    assert (late.exit_code, late.stderr.startswith("ceremony_at: ")) == (1, True)


def test_no_office_is_held_in_an_edition_that_is_not_there(cli: Call, sessions: sessionmaker[Session]) -> None:
    post = ["--edition", "nope", "--office", "chair", "--organisation", "Staden"]
    assert cli("edition", "office", "add", "x@example.org", *post).exit_code == 1
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        assert "nope" not in {each.slug for each in editions.all_of(session)}

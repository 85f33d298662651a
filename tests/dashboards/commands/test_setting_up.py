"""Setting up a forum from the command line: areas, forum, partners, agreements, members, tokens."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import orjson
import pytest
import shapely
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from dashboards.commands import member, organisation
from dashboards.commands.session import _migrate_own
from forum.foundation import rights
from forum.foundation.cluster import PrivateCluster
from forum.foundation.settings import Settings
from forum.people import accounts, members
from forum.people.agreements import Agreement
from forum.people.organisations import Kind, Organisation
from forum.people.policy import READERS, Role
from forum.register.areas import Area, Ground
from forum.register.categories import Category, standard_set
from tests.builders import SQUARE
from tests.dashboards.commands.conftest import Call

WEST, EAST = (SQUARE[0], SQUARE[1], 18.1, SQUARE[3]), (18.1, SQUARE[1], SQUARE[2], SQUARE[3])
Process = Callable[..., subprocess.CompletedProcess[str]]


def saved(path: Path, **squares: tuple[float, float, float, float]) -> Path:
    """Write a GeoJSON file of named squares."""
    features = [
        {
            "type": "Feature",
            "properties": {"namn": name, "kod": 18.0},
            "geometry": orjson.loads(shapely.to_geojson(shapely.box(*square))),
        }
        for name, square in squares.items()
    ]
    path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture(scope="module")
def farsta(cli: Call, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the short name of a forum that was made by commands alone."""
    path = saved(tmp_path_factory.mktemp("areas") / "a.geojson", Väst=WEST, Öst=EAST)
    agreement = ["--organisation", "Polisen", "--purpose", "Lägesbild", "--from", "2026-01-01"]
    for words in (
        ["areas", "import", path, "--kind", "stadsdelsomrade"],
        ["forum", "create", "farsta", "--name", "Farsta trygghetsforum", "--area", "Väst", "--area", "Öst"],
        ["organisation", "add", "Polisen", "--forum", "farsta", "--kind", "police", "--authority"],
        ["agreement", "add", "--forum", "farsta", *agreement],
    ):
        answer = cli(*words)
        assert (answer.exit_code, answer.stderr) == (0, ""), answer.output
    return "farsta"


@pytest.fixture
def operator(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Return a session that sees what the operator sees."""
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        yield session


def test_a_forum_stands_with_its_areas_categories_partner_and_agreement(farsta: str, operator: Session) -> None:
    assert operator.scalar(select(func.count()).select_from(Category)) == len(standard_set())
    partner = operator.scalars(select(Organisation)).one()
    assert (partner.name, partner.kind, partner.authority) == ("Polisen", "police", True)
    agreement = operator.scalars(select(Agreement)).one()
    assert (agreement.areas, agreement.purposes) == ("Väst, Öst", "Lägesbild")
    assert (agreement.valid_from, agreement.valid_to) == (date(2026, 1, 1), None)
    assert {(area.name, area.code) for area in operator.scalars(select(Area))} == {("Väst", "18"), ("Öst", "18")}


def test_areas_are_known_the_second_time_and_a_new_outline_needs_its_day(
    farsta: str, cli: Call, operator: Session, tmp_path: Path
) -> None:
    same = saved(tmp_path / "same.geojson", Väst=WEST)
    answer = cli("areas", "import", same, "--kind", "stadsdelsomrade", "--json")
    assert json.loads(answer.stdout) == {"kind": "stadsdelsomrade", "added": 0, "known": 1, "mended": 0}
    grown = saved(tmp_path / "grown.geojson", Väst=(18.04, *WEST[1:]))
    refused = cli("areas", "import", grown, "--kind", "stadsdelsomrade")
    assert refused.exit_code == 1
    assert "--valid-from" in refused.stderr
    assert cli("areas", "import", grown, "--kind", "stadsdelsomrade", "--valid-from", "2026-07-01").exit_code == 0
    versions = operator.execute(select(Area.valid_from, Area.valid_to).where(Area.name == "Väst")).all()
    assert set(map(tuple, versions)) == {(None, date(2026, 7, 1)), (date(2026, 7, 1), None)}


def test_the_ground_is_imported_by_its_kinds_and_has_no_versions(
    farsta: str, cli: Call, operator: Session, tmp_path: Path
) -> None:
    lake = saved(tmp_path / "lake.geojson", Magelungen=WEST)
    for added, known in ((1, 0), (0, 1)):
        facts = json.loads(cli("areas", "import", lake, "--kind", "water", "--json").stdout)
        assert (facts["added"], facts["known"]) == (added, known)
    assert operator.scalars(select(Ground.name)).all() == ["Magelungen"]
    assert cli("areas", "import", lake, "--kind", "water", "--valid-from", "2026-07-01").exit_code == 2
    assert cli("areas", "import", lake, "--kind", "Big Water").exit_code == 1


def test_an_area_file_that_is_refused_changes_nothing(
    farsta: str, cli: Call, operator: Session, tmp_path: Path
) -> None:
    before = operator.scalar(select(func.count()).select_from(Area))
    broken = tmp_path / "a.geojson"
    broken.write_text("<OGRVRTDataSource/>")
    answer = cli("areas", "import", broken, "--kind", "stadsdel")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("file: The content of the file is not what its ending says.")
    mixed = saved(tmp_path / "mixed.geojson", Ny=WEST, **{"": EAST})
    assert cli("areas", "import", mixed, "--kind", "stadsdel").exit_code == 1
    assert operator.scalar(select(func.count()).select_from(Area)) == before


def test_a_forum_is_refused_without_its_area_and_under_a_name_that_is_taken(farsta: str, cli: Call) -> None:
    nowhere = cli("forum", "create", "enskede", "--name", "Enskede", "--area", "Enskede")
    assert nowhere.exit_code == 1
    assert "areas import" in nowhere.stderr
    assert cli("forum", "create", "farsta", "--name", "Farsta", "--area", "Öst").exit_code == 1
    assert cli("forum", "create", "Farsta!", "--name", "Farsta", "--area", "Öst").exit_code == 1
    assert cli("forum", "create", "enskede", "--name", "Enskede").exit_code == 2


def test_several_areas_may_follow_one_option(farsta: str, cli: Call) -> None:
    answer = cli("forum", "create", "both", "--name", "Båda", "--json", "--area", "Väst", "Öst")
    assert json.loads(answer.stdout) == {"forum": "both", "name": "Båda", "areas": ["Väst", "Öst"]}


def test_a_unit_stands_under_its_parent(farsta: str, cli: Call, operator: Session) -> None:
    unit = ["organisation", "add", "Områdespolisen", "--forum", "farsta", "--kind", "police", "--parent"]
    assert cli(*unit, "Nobody").exit_code == 1
    assert cli(*unit, "Polisen").exit_code == 0
    child = operator.scalars(select(Organisation).where(Organisation.name == "Områdespolisen")).one()
    assert child.parent_id is not None
    assert operator.get_one(Organisation, child.parent_id).name == "Polisen"
    assert cli(*unit, "Polisen").exit_code == 1


def test_an_agreement_can_name_its_areas_and_its_end(farsta: str, cli: Call, operator: Session) -> None:
    words = ["agreement", "add", "--forum", "farsta", "--organisation", "Polisen", "--purpose", "Vandringar"]
    answer = cli(*words, "--areas", "Öst", "--from", "2026-02-01", "--to", "2026-12-31", "--json")
    assert json.loads(answer.stdout)["areas"] == "Öst"
    agreement = operator.scalars(select(Agreement).where(Agreement.purposes == "Vandringar")).one()
    assert (agreement.areas, agreement.valid_to) == ("Öst", date(2026, 12, 31))
    assert cli(*words, "--from", "2026-02-01", "--to", "2026-01-01").exit_code == 1
    assert cli(*words, "--from", "in February").exit_code == 2


def test_a_member_gets_a_link_that_sets_a_password_once(
    farsta: str, cli: Call, sessions: sessionmaker[Session]
) -> None:
    words = ["member", "add", "--forum", "farsta", "--organisation", "Polisen", "--role", "coordinator"]
    answer = cli(*words, "--email", "Anna@example.org", "--name", "Anna", "--json")
    link = json.loads(answer.stdout)["link"]
    assert link.startswith("http://127.0.0.1:8000/lank/")
    with sessions() as session:
        account = accounts.set_password(session, link.rpartition("/")[2], "fyra vanliga svenska ord")
        acting = members.acting(session, account, "farsta")
        assert (acting.role, acting.organisation_name, acting.name) == (Role.COORDINATOR, "Polisen", "Anna")
        session.commit()
    twice = cli(*words, "--email", "anna@example.org")
    assert twice.exit_code == 1
    assert twice.stderr.startswith("email: ")


def test_a_token_speaks_for_its_account_and_for_nobody_unknown(
    farsta: str, cli: Call, sessions: sessionmaker[Session]
) -> None:
    words = ["member", "add", "--forum", "farsta", "--organisation", "Polisen", "--role", "reporter", "--email"]
    assert cli(*words, "token@example.org").exit_code == 0
    token = cli("token", "create", "--email", "token@example.org").stdout.strip()
    other = json.loads(cli("token", "create", "--email", "token@example.org", "--json").stdout)["token"]
    assert token != other
    with sessions() as session:
        assert accounts.whose(session, "token", token) == accounts.whose(session, "token", other)
    unknown = cli("token", "create", "--email", "nobody@example.org")
    assert (unknown.exit_code, unknown.stdout) == (1, "")


@pytest.mark.parametrize(
    "words",
    [
        ["organisation", "add", "Skolan", "--kind", "school"],
        ["agreement", "add", "--organisation", "Polisen", "--purpose", "P", "--from", "2026-01-01"],
        ["member", "add", "--organisation", "Polisen", "--role", "reader", "--email", "a@example.org"],
    ],
    ids=lambda words: words[0],
)
def test_a_forum_that_there_is_not_is_named_with_the_remedy(farsta: str, cli: Call, words: list[str]) -> None:
    answer = cli(*words, "--forum", "nowhere")
    assert answer.exit_code == 1
    assert answer.stderr.startswith("forum: There is no forum of this short name. Given: nowhere.")


def test_the_choices_of_the_command_line_are_the_domains() -> None:
    assert set(organisation.KINDS) == {kind.value for kind in Kind}
    assert set(member.ROLES) == {role.value for role in READERS}


def test_commands_run_as_processes_with_their_exit_status(farsta: str, process: Process) -> None:
    words = ["organisation", "add", "Skolan", "--forum", "farsta", "--kind", "school"]
    first, again, wrong = process(*words), process(*words), process(*words[:-1])
    assert (first.returncode, first.stdout) == (0, "Skolan is a partner of farsta.\n"), first.stderr
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("name: This organisation is a partner of the forum already. Given: Skolan.")
    assert wrong.returncode == 2
    swedish = process(*words, LC_ALL="sv_SE.UTF-8")
    assert swedish.returncode == 1
    assert swedish.stderr != again.stderr


def test_a_server_without_a_secret_is_refused(farsta: str, process: Process) -> None:
    answer = process("token", "create", "--email", "a@example.org", TRYGG_SECRET_KEY="")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "TRYGG_SECRET_KEY" in answer.stderr


def test_a_command_finds_the_running_private_cluster(process: Process, cluster: PrivateCluster) -> None:
    nowhere = {"TRYGG_DATABASE_URL": "", "TRYGG_SECRET_KEY": "", "TRYGG_ANCHOR_DIR": ""}
    for where in ({"TRYGG_DATA_DIR": str(cluster.data_dir)}, {}):
        option = [] if where else ["--data-dir", cluster.data_dir]
        answer = process("audit", "verify", *option, **nowhere, **where)
        assert (answer.returncode, answer.stdout) == (0, "installation: all 0 entries agree.\n"), answer.stderr


def test_what_is_held_of_an_address_without_account_is_told_with_its_purpose(
    farsta: str, cli: Call, superuser: Engine
) -> None:
    words = ("contacts", "extract", "Kontakt@example.org", "--forum", farsta)
    refused = cli(*words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "No organisation of the forum" in refused.stderr
    with superuser.connect() as hand:
        row = "SELECT id, forum_id, 'kontakt@example.org' FROM organisations LIMIT 1"
        hand.execute(text(f"INSERT INTO contacts (organisation_id, forum_id, email) {row}"))
    told = json.loads(cli(*words, "--json").stdout)
    (contact,) = [part for part in told["parts"] if part["what"] == "contacts"]
    assert contact["purpose"] == "To ask the organisation for an answer about its measures."
    assert [row["email"] for row in contact["rows"]] == ["kontakt@example.org"]
    assert "contacts: 1. To ask the organisation" in cli(*words).stdout
    with superuser.connect() as hand:
        noted = "SELECT count(*), bool_or(facts::text LIKE '%@%') FROM journal WHERE action = 'contact:extract'"
        assert tuple(hand.execute(text(noted)).one()) == (2, False)
        hand.execute(text("DELETE FROM contacts"))


def test_a_cluster_of_our_own_is_brought_to_our_tables(
    cluster: PrivateCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought: list[str] = []
    monkeypatch.setattr("forum.foundation.database.migrate", brought.append)
    _migrate_own(Settings(owner_database_url=cluster.owner_url, data_dir=cluster.data_dir))
    assert brought == [cluster.owner_url]


def test_a_servers_tables_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brought: list[str] = []
    monkeypatch.setattr("forum.foundation.database.migrate", brought.append)
    _migrate_own(Settings(owner_database_url="postgresql://owner@db/trygg", data_dir=tmp_path))
    _migrate_own(Settings(data_dir=tmp_path))
    assert brought == []

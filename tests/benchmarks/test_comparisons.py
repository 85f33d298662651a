"""The benchmarks' own questions on a tiny register: what they compare is compared here too, without the peer."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import importing, registering, report
from benchmarks.__main__ import READINGS
from benchmarks.figures import Figure
from benchmarks.filling import fill
from benchmarks.ground import READER, SLUG, Ground, build, make_room_for_peers
from benchmarks.readings import MIDDLE, WHOLE, Reading, all_of, cells, compare
from benchmarks.timing import Times, in_turn
from dashboards.app import create_app
from forum.foundation import rights
from forum.foundation.settings import Settings
from forum.people import forums, members, organisations
from mapping.files.imports import take_in
from mapping.files.mappings import read_mapping
from mapping.files.tables import read_csv
from tests.conftest import SECRET

SHOWN = 200


@pytest.fixture(scope="module")
def ground(superuser: Engine, sessions: sessionmaker[Session]) -> Ground:
    with sessions() as session:
        made, keeping = build(session)
        session.commit()
    fill(superuser, made.forum, keeping, SHOWN)
    make_room_for_peers(superuser)
    return made


@pytest.fixture(scope="module")
def client(
    sessions: sessionmaker[Session], ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), secret_key=SecretStr(SECRET))
    with TestClient(create_app(settings, sessions), base_url="http://127.0.0.1") as client:
        client.headers["Authorization"] = f"Bearer {ground.token}"
        yield client


@pytest.fixture(scope="module")
def readings(superuser: Engine, ground: Ground) -> dict[str, Reading]:
    with superuser.connect() as connection:
        return all_of(connection, ground.forum, SHOWN)


@pytest.mark.parametrize("name", READINGS)
def test_what_we_answer_is_what_the_tables_hold(
    client: TestClient, superuser: Engine, readings: dict[str, Reading], name: str
) -> None:
    reading = readings[name]
    answer = client.get(reading.our_path())
    with superuser.connect() as connection:
        assert compare(reading, connection, {"ours": answer.content}) > 0


def test_the_reader_is_shown_as_many_as_the_run_says_and_a_fifth_more_are_hidden(
    client: TestClient, superuser: Engine, readings: dict[str, Reading]
) -> None:
    with superuser.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM deviations")) == SHOWN * 6 // 5
    assert client.get(readings["geojson"].our_path()).json()["numberMatched"] == SHOWN


@pytest.mark.parametrize("change", [lambda features: features[1:], lambda features: [*features, {"id": "another"}]])
def test_an_answer_that_lacks_a_row_or_has_one_more_is_not_timed(
    client: TestClient, superuser: Engine, readings: dict[str, Reading], change: Callable[[list[Any]], list[Any]]
) -> None:
    body = client.get(readings["geojson"].our_path()).json()
    wrong = orjson.dumps(body | {"features": change(body["features"])})
    with superuser.connect() as connection, pytest.raises(AssertionError, match="geojson, ours"):
        compare(readings["geojson"], connection, {"ours": wrong})


@pytest.mark.parametrize("tile", [WHOLE, MIDDLE])
def test_the_peers_counts_per_cell_are_those_of_the_tables(
    engine: Engine, superuser: Engine, ground: Ground, tile: tuple[int, int, int]
) -> None:
    reading = cells("cells", "", tile, {"forum": ground.forum, "shown": SHOWN})
    asked = dict(part.split("=") for part in reading.peer.partition("?")[2].split("&"))
    del asked["limit"]
    with superuser.connect() as connection, engine.connect() as peer:
        settings = {"account": str(ground.account), "member": str(ground.member)}
        peer.execute(text("SELECT act(:account, :member, NULL, false, NULL)"), settings)
        arguments = ", ".join(asked.values())
        counted = peer.scalars(text(f"SELECT count FROM bench.cells({arguments})")).all()
        assert sorted(map(str, counted)) == reading.expected(connection)
    assert 0 < sum(counted) <= SHOWN


def test_what_is_registered_is_taken_by_us_and_by_the_plain_path(
    client: TestClient, engine: Engine, ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAIN_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    plain = importlib.import_module("benchmarks.plain")
    body = registering.new()
    ours = client.post(f"/api/v1/forums/{SLUG}/deviations", json=body)
    with TestClient(plain.app) as other:
        theirs = other.post("/deviations", json=body)
    plain.engine.dispose()
    assert (ours.status_code, theirs.status_code) == (201, 201)
    assert ours.json()["properties"]["text"] == theirs.json()["text"] == body["text"]


def test_every_row_of_the_file_that_is_imported_can_be_taken(
    sessions: sessionmaker[Session], ground: Ground, tmp_path: Path
) -> None:
    table, mapping = tmp_path / "rows.csv", tmp_path / "mapping.toml"
    importing.write(table, 50)
    mapping.write_text(importing.MAPPING.format(source="import", organisation=READER), "utf-8")
    read = read_mapping(mapping)
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        forum = forums.of_slug(session, SLUG)
        partner = organisations.named(session, forum.id, READER)
        member = members.system(session, forum.id, forum.slug, forum.name, partner)
        rows = read_csv(table, encoding=read.file.encoding, delimiter=read.file.delimiter)
        assert take_in(session, member, read, rows).added == 50
        session.rollback()


def test_the_sides_take_turns_at_beginning() -> None:
    asked: list[str] = []

    def side(name: str) -> float:
        asked.append(name)
        return float(len(asked))

    taken = in_turn(3, {"ours": lambda: side("ours"), "peer": lambda: side("peer")})
    assert asked == ["ours", "peer", "peer", "ours", "ours", "peer"]
    assert (taken["ours"].median, taken["ours"].least) == (4, 1)


def test_a_figure_says_how_many_times_as_quick_we_are_and_whether_that_is_enough() -> None:
    figure = Figure("List", 10, "warm", Times([0.01]), Times([0.025]), "tipg", goal=3)
    assert figure.cells() == (
        "List",
        "10",
        "warm",
        "10.0 ms (10.0 ms)",
        "tipg 25.0 ms (25.0 ms)",
        "2.5x",
        "≥ 3x, **missed**",
    )
    alone = Figure("Import", 10, "cold", Times([0.001, 0.002, 0.004]), per_second=True)
    assert alone.cells() == ("Import", "10", "cold", "500/s (1,000/s)", "–", "–", "–")


def test_the_page_in_docs_holds_only_what_a_run_has_written() -> None:
    page = report.DOCUMENT.read_text("utf-8")
    assert page.startswith(report.INTRODUCTION)
    lines = [line for line in page.removeprefix(report.INTRODUCTION).splitlines() if line]
    assert all(line.startswith(("| ", "- ")) for line in lines)
    assert len([line for line in lines if line.startswith("| ")]) > 2
    assert any("commit " in line for line in lines)

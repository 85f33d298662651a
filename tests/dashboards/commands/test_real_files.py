"""The real files through the commands: the districts, the ground, the police's events, and New York's."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from dashboards import sealing
from forum.foundation import clock, rights
from forum.foundation.audience import Audience
from forum.people import accounts, forums, members
from forum.people.members import Member
from forum.people.organisations import Organisation
from forum.people.policy import Role
from forum.register import finding
from forum.register.areas import GROUND_KINDS, Area, Ground
from forum.register.deviations import Deviation
from forum.register.finding import Filter
from forum.work import agenda, meetings, minutes, pictures
from forum.work.meetings import Plan
from forum.work.minutes import Form
from mapping import agenda as bridge
from mapping import picture
from mapping.analyses import Reason
from mapping.files.areas import read_areas
from tests.dashboards.commands.conftest import Call
from tests.mapping.files.test_mappings import POLICE_MAPPING
from tests.real import DISTRICTS, NEW_YORK, POLICE, STOCKHOLM

pytestmark = pytest.mark.realdata

DISTRICT_NAMES = (
    "Bromma", "Enskede-Årsta-Vantör", "Farsta", "Hägersten-Älvsjö", "Hässelby-Vällingby", "Järva", "Kungsholmen",
    "Norra innerstaden", "Skarpnäck", "Skärholmen", "Södermalm",
)  # fmt: skip
DESO = ("--name-field", "deso", "--code-field", "deso")
OTHERS = {
    "cykelstrak_primara_farsta": ("path",),
    "deso_stockholm_kommun": ("deso", *DESO),
    "farsta_deso": ("deso-farsta", *DESO),
    "farsta_stadsdelar": ("stadsdel-farsta",),
    "farsta_stadsdelsomrade": ("stadsdelsomrade-farsta",),
    "farsta_vatten": ("water",),
    "hallplatser_farsta": ("stop",),
    "pendeltag_farsta": ("rail",),
    "sisab_farsta": ("school",),
    "stadsdelar": ("stadsdel",),
    "stadsdelsomraden_13_fore_2023": ("stadsdelsomrade-13",),
    "tunnelbana_farsta": ("metro",),
    "valdistrikt_farsta": ("valdistrikt",),
}
"""Each other file of areas with its kind and fields."""
NEW_YORK_MAPPING = """
organisation = "Polisen"
source = "new york"
id = "uid"
accuracy_m = 100
category = "theft.vehicle"
[place]
lon = "longitude"
lat = "latitude"
[time]
zone = "America/New_York"
from = "date_start"
to = "date_end"
"""


@pytest.fixture(scope="module")
def stockholm(cli: Call) -> str:
    """Return the short name of a city-wide forum over the eleven districts, made by commands."""
    areas = [word for name in DISTRICT_NAMES for word in ("--area", name)]
    agreement = ["--organisation", "Polisen", "--purpose", "Lägesbild", "--from", "2022-01-01"]
    for words in (
        ["areas", "import", DISTRICTS, "--kind", "stadsdelsomrade"],
        ["forum", "create", "stockholm", "--name", "Stockholms trygghetsforum", *areas],
        ["organisation", "add", "Polisen", "--forum", "stockholm", "--kind", "police", "--authority"],
        ["agreement", "add", "--forum", "stockholm", *agreement],
    ):
        answer = cli(*words)
        assert answer.exit_code == 0, answer.stderr
    return "stockholm"


def police_rows() -> list[dict[str, str]]:
    with POLICE.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def worker(session: Session, slug: str) -> Member:
    """Let the session act for the forum's own work, which sees every row."""
    rights.become(session, rights.OPERATOR)
    forum = forums.of_slug(session, slug)
    return members.system(session, forum.id, forum.slug, forum.name)


@pytest.fixture(scope="module")
def imported(cli: Call, stockholm: str, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """Import the police's events, and return the report."""
    report = tmp_path_factory.mktemp("report") / "report.csv"
    words = ["deviations", "import", POLICE, "--forum", stockholm, "--mapping", POLICE_MAPPING, "--report", report]
    refused = cli(*words)
    assert refused.exit_code == 1  # all or nothing, as long as rows without a place are in the file
    answer = cli(*words, "--skip-bad", "--json")
    assert answer.exit_code == 0, answer.stderr
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    facts = json.loads(answer.stdout)
    assert facts["added"] + facts["quarantined"] == 2656
    assert (facts["known"], facts["refused"], facts["remarks"], facts["saved"]) == (0, 1199, 10, True)
    return rows


def test_the_eleven_districts_are_there_by_name(stockholm: str, sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        names = session.scalars(select(Area.name).where(Area.kind == "stadsdelsomrade").order_by(Area.name)).all()
    assert sorted(names) == sorted(DISTRICT_NAMES)


def test_every_file_of_the_folder_is_tried() -> None:
    assert {path.stem for path in STOCKHOLM.glob("*.geojson")} == {*OTHERS, DISTRICTS.stem}


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_file_is_imported_whole_and_known_the_second_time(
    name: str, cli: Call, sessions: sessionmaker[Session]
) -> None:
    kind, *fields = OTHERS[name]
    path = STOCKHOLM / f"{name}.geojson"
    shapes = {(shape.name, shape.geometry.wkb) for shape in read_areas(path).shapes}
    table = Ground if kind in GROUND_KINDS else Area
    count = select(func.count()).select_from(table)
    with sessions() as session:
        rights.become(session, rights.OPERATOR)
        before = session.scalar(count) or 0
        for added in (len(shapes), 0):
            answer = cli("areas", "import", path, "--kind", kind, *fields, "--json")
            assert answer.exit_code == 0, answer.stderr
            facts = json.loads(answer.stdout)
            assert (facts["added"], facts["mended"]) == (added, 0)
        session.rollback()
        assert session.scalar(count) == before + len(shapes)


def test_every_placed_event_arrives_and_every_other_one_is_named_with_its_reason(
    imported: list[dict[str, str]], stockholm: str, sessions: sessionmaker[Session]
) -> None:
    placed = {row["id"] for row in police_rows() if row["lat"]}
    told = {name: {row["source_ref"] for row in imported if row["outcome"] == name} for name in
            ("refused", "quarantined", "added")}  # fmt: skip
    with sessions() as session:
        worker(session, stockholm)
        there = set(session.scalars(select(Deviation.source_ref).where(Deviation.source == "polisen.se")))
    assert len(placed) == 2656
    assert there == placed - told["quarantined"]
    assert told["refused"] == {row["id"] for row in police_rows()} - placed
    assert {row["reason"] for row in imported if row["outcome"] == "refused"} == {"The row has no place."}
    assert told["added"] <= there  # these happened after they were published: taken, and remarked on
    assert len(told["added"]) == 10


def test_ids_times_places_and_texts_come_back_equal(
    imported: list[dict[str, str]], stockholm: str, sessions: sessionmaker[Session]
) -> None:
    rows = {row["id"]: row for row in police_rows()}
    with sessions() as session:
        page = finding.find(session, worker(session, stockholm), Filter(), limit=10_000)
    assert page.matched == len(page.rows) >= 2600
    for found in page.rows:
        row = rows[found.source_ref or ""]
        happened = datetime.fromisoformat(row["intraffad"]).replace(tzinfo=clock.ZONE).astimezone(UTC)
        assert found.occurred_from == found.occurred_to == happened
        assert found.position == (float(row["lon"]), float(row["lat"]))
        assert found.text == f"{row['typ']}. {row['sammanfattning'].strip()}"
        assert found.accuracy_m == 1500


def test_the_same_file_again_adds_none(imported: list[dict[str, str]], stockholm: str, cli: Call) -> None:
    words = ["deviations", "import", POLICE, "--forum", stockholm, "--mapping", POLICE_MAPPING, "--skip-bad", "--json"]
    facts = json.loads(cli(*words).stdout)
    assert (facts["added"], facts["quarantined"], facts["known"], facts["refused"]) == (0, 0, 2656, 1199)


def test_new_york_lies_outside_and_nothing_of_it_is_saved(
    stockholm: str, cli: Call, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    with gzip.open(NEW_YORK) as packed, (tmp_path / "thefts.csv").open("wb") as file:
        shutil.copyfileobj(packed, file)
    (tmp_path / "new_york.toml").write_text(NEW_YORK_MAPPING)
    words = ["--forum", stockholm, "--mapping", tmp_path / "new_york.toml", "--report", tmp_path / "report.csv"]
    answer = cli("deviations", "import", tmp_path / "thefts.csv", *words)
    assert answer.exit_code == 1
    assert answer.stdout == "0 added, 0 known already, 0 in quarantine, 35746 refused.\n"
    assert "The point lies outside the forum's area. Given: lon -73.866212, lat 40.740061." in answer.stderr
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as report:
        assert len({row["line"] for row in csv.DictReader(report)}) == 35746
    with sessions() as session:
        worker(session, stockholm)
        assert not session.scalar(select(func.count()).select_from(Deviation).where(Deviation.source == "new york"))


def test_the_map_is_told_how_many_events_lie_at_the_middles_of_areas(
    stockholm: str, imported: list[dict[str, str]], sessions: sessionmaker[Session]
) -> None:
    at = Counter((row["lon"], row["lat"]) for row in police_rows() if row["lon"])
    several = [n for n in at.values() if n >= 3]
    with sessions() as session:
        told = finding.shared(session, worker(session, stockholm), Filter())
    assert told == (sum(several), len(several))
    assert told.rows > 2600


# --- a meeting over the police's events -------------------------------------------------------------------------------


MORNING = datetime(2024, 5, 15, 7, tzinfo=UTC)


def acting(session: Session, slug: str, name: str) -> Member:
    """Let the session act for a coordinator of that name, who is made where there is none."""
    own_work = worker(session, slug)
    rights.become(session, rights.OPERATOR)
    account = accounts.account_of(session, email=f"{name}@polisen.example.org", name=name)
    rights.become(session, rights.Principal(account=account))
    if all(forum.slug != slug for forum in forums.mine(session)):
        rights.become(session, rights.OPERATOR)
        police = session.scalars(select(Organisation.id).where(Organisation.forum_id == own_work.forum_id)).one()
        members.add(session, own_work.forum_id, account_id=account, organisation_id=police, role=Role.COORDINATOR)
        rights.become(session, rights.Principal(account=account))
    return members.acting(session, account, slug)


@pytest.fixture(scope="module")
def held(sessions: sessionmaker[Session], stockholm: str, imported: list[dict[str, str]]) -> date:
    """Hold the meeting, adjust and seal its minutes, and return its day."""
    assert imported
    with sessions() as session:
        lead = acting(session, stockholm, "lead")
        chair = lead.organisation_id
        meeting = meetings.plan(session, lead, Plan(MORNING, chair_id=chair))
        agenda.begin(session, lead, meeting, bridge.prepared(session, lead, meeting))
        agenda.end(session, lead, meeting)
        meetings.adjust(session, acting(session, stockholm, "second"), meeting)
        meeting_id, forum_id, day = meeting.id, lead.forum_id, meeting.day
        rights.become(session, rights.Principal(system=forum_id))
        sealing.seal(session, meeting_id, stockholm)
        session.commit()
    return day


def paper(session: Session, slug: str, day: date) -> bytes:
    member = acting(session, slug, "lead")
    meeting = meetings.get(session, member, day)
    return minutes.get(session, member, meeting, Audience.FORUM, Form.PDF).content


def test_the_agenda_has_what_nobody_looked_at_and_no_concentration_of_areas_middles(
    sessions: sessionmaker[Session], stockholm: str, held: date
) -> None:
    with sessions() as session:
        lead = acting(session, stockholm, "lead")
        items = agenda.of_meeting(session, lead, meetings.get(session, lead, held))
    (item,) = items
    (reason,) = item.reasons
    assert item.key == "unseen"
    assert reason["now"] > 1000


def test_the_picture_of_the_meeting_is_frozen_with_its_four_weeks(
    sessions: sessionmaker[Session], stockholm: str, held: date
) -> None:
    with sessions() as session:
        lead = acting(session, stockholm, "lead")
        meeting = meetings.get(session, lead, held)
        assert meeting.picture_id
        frozen = pictures.get(session, lead, meeting.picture_id)
    assert frozen.intact
    assert (frozen.first_day, frozen.end_day) == (date(2024, 4, 17), date(2024, 5, 16))
    assert (
        40 <= frozen.figures["total"]["count"] <= 110
    )  # a month of the file has 107 and 115 rows, some without a place


def test_no_hot_spots_are_offered_of_points_that_are_areas_middles(
    sessions: sessionmaker[Session], stockholm: str, held: date
) -> None:
    with sessions() as session:
        lead = acting(session, stockholm, "lead")
        found = picture.picture(session, lead, Audience.FORUM, date(2024, 1, 1), date(2025, 1, 1)).analyses
    assert found is not None
    assert (found.hotspots.reason, found.hotspots.hot) == (Reason.CENTRES, ())
    assert (found.hotspots.points, found.hotspots.spots) == (730, 96)
    assert (found.repeats.reason, found.repeats.found) == (Reason.CENTRES, ())


def test_the_sealed_paper_stays_byte_for_byte_when_the_rows_have_changed(
    sessions: sessionmaker[Session], stockholm: str, held: date
) -> None:
    with sessions() as session:
        before = paper(session, stockholm, held)
        read = pypdfium2.PdfDocument(before)
        words = " ".join(page.get_textpage().get_text_range() for page in read)
        assert read.is_tagged()
        assert "Protokoll från forummötet on 15 maj 2024" in words
        assert "17 apr–15 maj 2024" in words
        member = acting(session, stockholm, "lead")
        rows = select(Deviation).where(Deviation.forum_id == member.forum_id).limit(50)
        for row in session.scalars(rows.execution_options(populate_existing=True)):
            row.text = "Ändrad"
        session.flush()
        assert paper(session, stockholm, held) == before

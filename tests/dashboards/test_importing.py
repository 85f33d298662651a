"""The page for imports: a dry run of the whole file, then the import; nothing is kept, everything refused is said."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import Engine, text

from dashboards.app import LARGEST_BODY
from dashboards.importing import LARGEST
from mapping.files.exports import Form
from tests.dashboards.conftest import BASE, Browser, BrowserOf, Tags
from tests.mapping.files.test_hostile import workbook

PAGE = "/farsta/importera"
HEADER = "nr;datum;tid;x;y;typ;beskrivning"
GOOD = "{0};2026-03-02;21:40;155136,3;6569742,1;Belysning;Tre lyktstolpar är släckta, rad {0}"
OUTSIDE = "{0};2026-03-02;21:40;255136,3;6569742,1;Belysning;Utanför"
PERSON = "{0};2026-03-02;21:40;155136,3;6569742,1;Belysning;Ring 070-174 06 35"
TOML = """
source = "felanmälan"
id = "nr"
accuracy_m = 25
category = "lighting"
text = "{beskrivning}"
[file]
delimiter = ";"
[place]
x = "x"
y = "y"
crs = 3011
decimal = ","
[time]
zone = "Europe/Stockholm"
from = ["datum", "tid"]
"""
COUNT = "SELECT (SELECT count(*) FROM deviations) + (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM journal)"


@pytest.fixture
def coordinator(browser_of: BrowserOf) -> Browser:
    return browser_of("coordinator")


def table(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


def send(browser: Browser, content: bytes, step: str, name: str = "a.csv", **fields: Any) -> Any:
    """Send the form with a file."""
    given = {"token": browser.token(), "step": step, "how": "columns", "source": f"källa {name}", "accuracy_m": "25"}
    files = {"file": (name, content)} | fields.pop("files", {})
    return browser.client.post(PAGE, data=given | fields, files=files, headers={"origin": BASE})


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        found: int = connection.scalar(text(COUNT))
        return found


def chosen(page: str) -> dict[str, str]:
    """Return which column is chosen for each thing."""
    found, name = dict[str, str](), ""
    for tag, attributes in Tags(page).tags:
        if tag == "select":
            name = attributes["name"] or ""
        if tag == "option" and "selected" in attributes:
            found[name] = attributes["value"] or ""
    return found


def test_a_preview_guesses_the_columns_tells_what_would_come_and_saves_nothing(
    coordinator: Browser, superuser: Engine
) -> None:
    before = rows(superuser)
    content = table(GOOD.format(1), GOOD.format(2), PERSON.format(3), OUTSIDE.format("=4")).decode().encode("cp1252")
    answer = send(coordinator, content, "preview")
    assert answer.status_code == 200
    guessed = {"column-id": "nr", "column-from": "datum", "column-hour": "tid", "column-east": "x", "column-north": "y",
               "column-category": "typ", "column-text": "beskrivning"}  # fmt: skip
    assert guessed.items() <= chosen(answer.text).items()
    for said in ("2 nya", "0 redan kända", "1 i karantän", "1 avvisade", "Tre lyktstolpar är släckta, rad 1",
                 "2 mars 2026 kl. 21.40", "Belysning", "±25 m"):  # fmt: skip
        assert said in answer.text, said
    assert "070-174" not in answer.text
    assert rows(superuser) == before


def test_an_import_takes_the_rows_in_and_knows_them_the_second_time(coordinator: Browser, superuser: Engine) -> None:
    content = table(*(GOOD.format(number) for number in range(10, 15)))
    assert "5 avvikelser importerades" in send(coordinator, content, "import", "b.csv").text
    with superuser.connect() as connection:
        found = connection.execute(
            text("SELECT d.text, o.name FROM deviations d JOIN organisations o ON o.id = d.organisation_id "
                 "WHERE source = 'källa b.csv' ORDER BY source_ref")
        ).all()  # fmt: skip
    assert found[0] == ("Tre lyktstolpar är släckta, rad 10", "Stadsdelsförvaltningen")
    assert len(found) == 5
    assert "5 redan kända" in send(coordinator, content, "preview", "b.csv").text


def test_one_refused_row_stops_the_import_unless_the_good_ones_are_wanted(
    coordinator: Browser, superuser: Engine
) -> None:
    content, before = table(GOOD.format(20), OUTSIDE.format(21)), rows(superuser)
    assert "Inget importerades, eftersom rader avvisades." in send(coordinator, content, "import", "c.csv").text
    assert rows(superuser) == before
    assert "1 avvikelser importerades" in send(coordinator, content, "import", "c.csv", skip_bad="yes").text


def test_the_report_names_every_refused_row_and_nothing_in_it_is_a_formula(
    coordinator: Browser, superuser: Engine
) -> None:
    before = rows(superuser)
    answer = send(coordinator, table(*(OUTSIDE.format(f"={number}") for number in range(70))), "report")
    assert answer.headers["content-disposition"] == 'attachment; filename="rapport.csv"'
    told = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["source_ref"] for row in told] == [f"'={number}" for number in range(70)]
    assert all(row["reason"] and row["remedy"] for row in told)
    assert rows(superuser) == before


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"accuracy_m": ""}, "accuracy_m"),
        ({"accuracy_m": "9000"}, "accuracy_m"),
        ({"source": ""}, "source"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"column-id": "", "column-east": "x"}, "column-id"),
        ({"source": "Listan från Anna Svensson, 19811218-9876"}, "source"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    coordinator: Browser, superuser: Engine, fields: dict[str, str], wrong: str
) -> None:
    before = rows(superuser)
    answer = send(coordinator, table(GOOD.format(30)), "import", "d.csv", **fields)
    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text
    assert f'href="#{wrong}"' in answer.text
    assert rows(superuser) == before


def test_a_mapping_file_says_it_all_and_a_partner_without_an_agreement_is_refused(coordinator: Browser) -> None:
    toml = {"mapping": ("m.toml", TOML.encode())}
    assert "1 nya" in send(coordinator, table(GOOD.format(40)), "preview", how="mapping", files=toml).text
    for content, status, said in (
        (b'organisation = "Skolan"\n' + TOML.encode(), 403, "ingen gällande överenskommelse"),
        (b'organisation = "X"\n' + TOML.encode(), 422, "ingen aktör"),
        (b"a = ", 422, "TOML-fil"),
    ):
        files = {"mapping": ("m.toml", content)}
        answer = send(coordinator, table(GOOD.format(40)), "preview", how="mapping", files=files)
        assert answer.status_code == status
        assert said in answer.text
    assert send(coordinator, table(GOOD.format(40)), "preview", how="mapping").status_code == 422


@pytest.mark.parametrize("form", Form)
def test_what_the_forum_exports_can_be_previewed_without_saying_what_a_column_means(
    coordinator: Browser, form: Form
) -> None:
    send(coordinator, table(GOOD.format(50)), "import", "e.csv")
    content = coordinator.client.get(f"/api/v1/forums/farsta/deviations.{form}?q=rad").content
    answer = send(coordinator, content, "preview", f"export.{form}", accuracy_m="")
    assert answer.status_code == 200, answer.text[-3000:]
    assert "0 avvisade" in answer.text


def test_a_hostile_workbook_is_refused_at_the_file_with_the_cell(coordinator: Browser) -> None:
    content = workbook(lambda sheet: sheet.append(["3", "=1+1"]))
    answer = send(coordinator, content, "preview", "a.xlsx")
    assert answer.status_code == 422
    assert "Blad1!B4" in answer.text
    assert "#file" in answer.text


def test_a_form_without_a_file_or_token_changes_nothing(coordinator: Browser, superuser: Engine) -> None:
    before = rows(superuser)
    assert coordinator.post(PAGE, {"step": "import"}).status_code == 422
    stolen = coordinator.client.post(PAGE, data={"step": "import"}, files={"file": ("a.csv", table())})
    assert stolen.status_code == 403
    assert rows(superuser) == before


def test_only_the_door_for_files_takes_more_than_a_million_bytes(coordinator: Browser) -> None:
    large = b"x" * (LARGEST_BODY + 1)
    assert send(coordinator, large, "preview").status_code == 422
    for path in (
        "/farsta/karantan/importera",
        "/farsta/importera/x",
        "/farsta/marka",
        "/api/v1/forums/farsta/deviations",
    ):
        assert coordinator.client.post(path, content=large).status_code == 413, path
    headers = {"content-length": str(LARGEST + 1)}
    for prefix, said in (("", "Skicka mindre åt gången."), ("/en", "Send less at a time.")):
        refused = coordinator.client.post(prefix + PAGE, content=b"", headers=headers)
        assert (refused.status_code, said in refused.text) == (413, True)


@pytest.mark.parametrize(("person", "status"), [("coordinator", 200), ("administrator", 200), ("officer", 403),
                                                ("landlord", 403), ("teacher", 403), (None, 303)])  # fmt: skip
def test_the_page_is_for_those_whom_the_policy_lets_import(
    browser_of: BrowserOf, person: str | None, status: int
) -> None:
    browser = browser_of(person)
    browser.get(PAGE, status)
    link = 'href="/farsta/importera"'
    if person:
        assert (link in browser.get("/farsta/avvikelser")) is (status == 200)


def test_the_selection_can_be_downloaded_from_list_and_map_for_the_forum_by_default(browser_of: BrowserOf) -> None:
    for person, authority in (("coordinator", True), ("landlord", False)):
        for path in ("avvikelser", "karta"):
            page = browser_of(person).get(f"/farsta/{path}?category=lighting&until=2026-03-31&from=2026-03-01&who=city")
            tags = Tags(page)
            buttons = [each["formaction"] for each in tags.of("button") if "formaction" in each]
            assert buttons == [f"/api/v1/forums/farsta/deviations.{form}" for form in ("xlsx", "csv", "geojson", "gpkg",
                                                                                       "parquet")]  # fmt: skip
            radios = [each for each in tags.of("input") if each.get("name") == "audience"]
            assert [each["value"] for each in radios if "checked" in each] == ["forum"]
            assert ("authorities" in [each["value"] for each in radios]) is authority
            hidden = {(each["name"], each["value"]) for each in tags.of("input") if each.get("type") == "hidden"}
            assert {("category", "lighting"), ("from", "2026-03-01"), ("to", "2026-04-01")} <= hidden
            assert not [name for name, _ in hidden if name == "limit"]

"""Files in a real browser: a file is tried, mended and imported by keyboard; the selection is taken along."""

from __future__ import annotations

import csv
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboards import importing
from tests.browser.conftest import LAPTOP, PHONE, Open, Program, violations

HEADER = "ref;when;lon;lat;typ;what"
GOOD = "{0};2026-03-02T21:40;18.09{0};59.243;Belysning;Tre lyktstolpar är släckta vid gångvägen"
OUTSIDE = "{0};2026-03-02T21:40;17.0;59.243;Belysning;Utanför"
PICTURES = os.environ.get("TRYGG_PICTURES", "")
"""Where pictures of the steps are put, if anywhere."""


def table(folder: Path, *lines: str) -> Path:
    path = folder / "felanmälan.csv"
    path.write_text("\n".join([HEADER, *lines]), "utf-8")
    return path


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def press(page: Page, step: str) -> None:
    """Press a step's button by keyboard."""
    button = page.locator(f'button[value="{step}"]')
    button.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("size", "dark"), [(LAPTOP, False), (PHONE, True)])
def test_a_file_is_tried_mended_and_imported_without_choosing_it_again(
    open_page: Open, tmp_path: Path, size: tuple[int, int], dark: Any
) -> None:
    page = open_page("coordinator", size, dark=dark)
    page.goto("/farsta/importera")
    numbers = (1, 2) if dark else (3, 4)
    page.locator("#file").set_input_files(table(tmp_path, *map(GOOD.format, numbers), OUTSIDE.format(9)))
    press(page, "preview")
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator("#accuracy_m-error")).to_contain_text("hur långt fel")
    expect(page.locator("#column-id-error")).to_be_visible()
    picture(page, f"importing-wrong-{size[0]}")

    page.locator("#source").fill(f"felanmälan {size[0]}")
    page.locator("#accuracy_m").fill("25")
    page.locator("#column-id").select_option("ref")
    press(page, "preview")
    expect(page.locator("#told-head")).to_be_focused()
    expect(page.locator("#told .chips")).to_contain_text("2 nya")
    expect(page.locator("#told .chips")).to_contain_text("1 avvisade")
    expect(page.locator("#told")).to_contain_text("Punkten ligger utanför forumets område")
    picture(page, f"importing-preview-{size[0]}")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]

    with page.expect_download() as downloaded:
        press(page, "report")
    with Path(downloaded.value.path()).open(encoding="utf-8-sig", newline="") as file:
        assert [(row["line"], row["outcome"]) for row in csv.DictReader(file)] == [("4", "refused")]

    page.locator('[name="skip_bad"]').check()
    press(page, "import")
    expect(page.locator(".notice.done")).to_contain_text("2 avvikelser importerades")
    expect(page.locator(".notice.done")).to_be_focused()
    picture(page, f"importing-done-{size[0]}")


def test_without_script_the_file_is_chosen_again_for_each_step(open_page: Open, tmp_path: Path) -> None:
    page = open_page("coordinator", script=False)
    page.goto("/farsta/importera")
    file = table(tmp_path, *map(GOOD.format, (5, 6)))
    page.locator("#source").fill("utan skript")
    page.locator("#accuracy_m").fill("25")
    page.locator("#file").set_input_files(file)
    page.locator('button[value="preview"]').click()
    page.locator("#column-id").select_option("ref")
    expect(page.locator(".unscripted")).to_be_visible()
    for step, said in (("preview", "2 nya"), ("import", "2 avvikelser importerades")):
        page.locator("#file").set_input_files(file)
        page.locator(f'button[value="{step}"]').click()
        expect(page.locator("main")).to_contain_text(said)


def large(folder: Path, name: str, *more: str) -> Path:
    path = folder / "stor.csv"
    lines = (GOOD.format(number % 10).replace(f"{number % 10};", f"{name}-{number};", 1) for number in range(40))
    path.write_text("\n".join([HEADER, *lines, *more]), "utf-8")
    return path


def begin(page: Page, file: Path, source: str, step: str) -> None:
    """Fill in the form for a large file, by keyboard from its preview on."""
    page.goto("/farsta/importera")
    page.locator("#file").set_input_files(file)
    page.locator("#source").fill(source)
    page.locator("#accuracy_m").fill("25")
    press(page, "preview")
    page.locator("#column-id").select_option("ref")
    press(page, "preview")
    expect(page.locator("#told")).to_contain_text("Filen är stor")
    picture(page, f"importing-large-{page.viewport_size['width'] if page.viewport_size else 0}")
    press(page, step)
    page.wait_for_url("**/importera/*-*")


def said_underway(page: Page, program: Program, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the worker work, and hold it after its first rows until the page has told of them; return what it told."""
    held, go_on = threading.Event(), threading.Event()

    def wait(context: object) -> bool:
        if held.is_set():
            go_on.wait(30)
        held.set()
        return False

    with monkeypatch.context() as patched:
        patched.setattr("mapping.files.imports.STEP", 10)
        patched.setattr("dashboards.jobs.SECONDS", 0)
        patched.setattr("procrastinate.JobContext.should_abort", wait)
        worker = program.worker()
        try:
            words = page.locator("progress + p", has_text="är lästa")
            expect(words).to_contain_text("10 av")
            said = (words.text_content() or "").replace("\N{NO-BREAK SPACE}", " ")
            width = page.viewport_size["width"] if page.viewport_size else 0
            assert page.locator("progress").evaluate("bar => bar.value") == 10
            picture(page, f"imported-working-{width}")
            assert violations(page) == []
        finally:
            go_on.set()
            worker.join()
    return said


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_a_large_file_is_imported_while_its_page_tells_how_far_it_is(
    open_page: Open, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 5)
    page, name = open_page("coordinator", size, dark=size == PHONE), f"stor fil {size[0]}"
    begin(page, large(tmp_path, f"s{size[0]}", OUTSIDE.format(9)), name, "import")
    bar = page.get_by_role("progressbar", name="Filen importeras")
    expect(bar).to_be_visible()
    expect(page.locator("#state")).to_contain_text("Den väntar på sin tur.")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    waiting = page.url

    page.goto("/farsta/importera")
    expect(page.get_by_role("row", name=name)).to_contain_text("väntar på sin tur")
    assert violations(page) == []
    picture(page, f"importing-list-{size[0]}")
    page.get_by_role("link", name=name).click()
    page.wait_for_url(waiting)

    assert said_underway(page, program, monkeypatch) == "10 av ungefär 42 rader är lästa."
    expect(page.locator("[data-focus]")).to_contain_text("Inget importerades, eftersom rader avvisades.")
    expect(page.locator("#announce")).to_have_text("Inget importerades, eftersom rader avvisades.")
    expect(page.locator("#told")).to_contain_text("Punkten ligger utanför forumets område")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    picture(page, f"imported-refused-{size[0]}")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Ladda ned rapporten").press("Enter")
    with Path(downloaded.value.path()).open(encoding="utf-8-sig", newline="") as file:
        assert [(row["line"], row["outcome"]) for row in csv.DictReader(file)] == [("42", "refused")]

    page.locator('[name="skip_bad"]').press("Space")
    page.get_by_role("button", name="Importera 40 avvikelser").press("Enter")
    expect(bar).to_be_visible()
    program.work()
    expect(page.locator(".notice.done")).to_contain_text("40 avvikelser importerades")
    assert violations(page) == []
    picture(page, f"imported-done-{size[0]}")


@pytest.mark.parametrize(("path", "size"), [("karta", LAPTOP), ("avvikelser", PHONE)])
def test_the_selection_is_taken_along_for_the_forum_unless_one_wants_it_alone(
    open_page: Open, path: str, size: tuple[int, int]
) -> None:
    page = open_page("coordinator", size)
    page.goto(f"/farsta/{path}?category=lighting&from=2026-01-01")
    page.locator(".download summary").click()
    picture(page, f"download-{path}-{size[0]}")
    if path == "avvikelser":
        assert violations(page) == []
    rows = downloaded(page, "till-forumet.csv")
    assert {row["category"].partition(".")[0] for row in rows} == {"lighting"}
    assert {row["audience"] for row in rows} == {"forum"}
    assert {row["visibility"] for row in rows} <= {"forum", "public"}

    page.locator(".download").get_by_label("Bara jag").check()
    shown = (page.locator("#side h1, #side h2").first.text_content() or "").replace("\N{NO-BREAK SPACE}", "")
    assert shown.startswith(f"{len(downloaded(page, 'bara-till-mig.csv'))} av")


def downloaded(page: Page, ending: str) -> list[dict[str, str]]:
    """Press the button for CSV and return the rows of the file."""
    with page.expect_download() as download:
        page.locator(".download button", has_text="CSV").click()
    assert download.value.suggested_filename.endswith(ending)
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))

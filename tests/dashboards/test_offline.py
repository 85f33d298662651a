"""What a device keeps: the worker names only what tells nothing of the register, and an address never changes."""

from __future__ import annotations

import json
import re

from dashboards import assets
from tests.dashboards.conftest import BrowserOf, Tags


def shell(source: str) -> dict[str, object]:
    """Return what the worker is told to keep from the start."""
    found = re.match(r"const SHELL = (\{.*\});\n", source)
    assert found is not None
    told: dict[str, object] = json.loads(found[1])
    return told


def test_the_worker_is_answered_from_the_root_and_never_from_a_cache(browser_of: BrowserOf) -> None:
    answer = browser_of(None).client.get("/service-worker.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert shell(answer.text)["version"] == assets.version()


def test_everything_that_the_worker_keeps_from_the_start_is_there_for_a_visitor(browser_of: BrowserOf) -> None:
    visitor = browser_of(None)
    files = shell(visitor.get("/service-worker.js"))["files"]
    assert isinstance(files, list)
    assert assets.address("mark.js") in files
    assert assets.address("vendor/maplibre-gl/maplibre-gl.mjs") in files
    for address in files:
        assert visitor.client.get(address).status_code == 200, address


def test_a_static_file_stays_for_good_under_the_version_of_all(browser_of: BrowserOf) -> None:
    client = browser_of(None).client
    assert "immutable" in client.get(assets.address("mark.js")).headers["cache-control"]
    assert client.get("/static/000000000000/mark.js").status_code == 404


def test_the_page_without_a_network_is_the_same_for_everybody(browser_of: BrowserOf) -> None:
    pages = {browser_of(person).get("/utan-nat") for person in (None, "officer", "administrator")}
    assert len(pages) == 1
    assert "Inget nät" in pages.pop()
    assert "No network" in browser_of(None).get("/en/utan-nat")


def test_a_device_knows_an_account_by_a_mark_that_is_its_own_and_tells_nothing(browser_of: BrowserOf) -> None:
    def owner(person: str, path: str) -> str | None:
        return next(d["data-owner"] for d in Tags(browser_of(person).get(path)).of("div") if d.get("id") == "waiting")

    first, second = (owner("officer", path) for path in ("/farsta/marka", "/farsta/karta"))
    assert first == second
    assert re.fullmatch("[0-9a-f]{24}", first or "")
    assert owner("walker", "/farsta/karta") != first


def test_the_manifest_names_icons_that_are_there(browser_of: BrowserOf) -> None:
    client = browser_of(None).client
    (link,) = [each for each in Tags(browser_of(None).get("/logga-in")).of("link") if each.get("rel") == "manifest"]
    manifest = client.get(link["href"] or "").json()
    assert manifest["start_url"] == "/"
    for icon in manifest["icons"]:
        assert client.get(assets.address(icon["src"])).headers["content-type"] == icon["type"]

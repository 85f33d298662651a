"""The room of safety walks: made, noted with a photo of nobody, followed up; each sees what they may see."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

import pytest

from forum.register.photos import require_bare
from tests.builders import CENTRE, World
from tests.dashboards.conftest import BASE, Browser, BrowserOf
from tests.mapping.files.test_photos import taken

ROOM = "/farsta/vandringar"


@pytest.fixture(scope="module")
def walker(browser_of: BrowserOf) -> Browser:
    return browser_of("walker")


def made(browser: Browser, world: World, **changes: str) -> str:
    """Return the address of a walk that was made."""
    police = world.organisations["Polisen"]
    answer = browser.post(
        ROOM, {"name": "Runt torget", "starts_at": "2026-10-01T18:00", f"people-{police}": "2"} | changes
    )
    assert answer.status_code == 303, answer.text
    address: str = answer.headers["location"].partition("?")[0]
    return address


def noted(browser: Browser, world: World, walk: str, photo: bytes = b"", **changes: str) -> Any:
    sent = {
        "token": browser.token(), "category": "lighting", "text": "Lampan är släckt", "visibility": "forum",
        "lon": str(CENTRE[0]), "lat": str(CENTRE[1]), "accuracy_m": "10",
        "owner": str(world.organisations["Bostadsbolaget"]),
    }  # fmt: skip
    files = {"photo": ("p.jpg" if photo else "", photo, "image/jpeg")}
    return browser.client.post(f"{walk}/punkt", data=sent | changes, files=files, headers={"origin": BASE})


def drawn(browser: Browser, walk: str) -> list[str]:
    """Return the numbers on the map of a walk's page."""
    found = re.search(r'class="cutout" src="data:image/svg\+xml;base64,([^"]+)"', browser.get(walk))
    return re.findall(r">(\d+)</text></g>", b64decode(found[1]).decode()) if found else []


def test_a_walk_becomes_deviations_with_owners_and_is_followed_up(
    walker: Browser, browser_of: BrowserOf, lasting: World
) -> None:
    walk = made(walker, lasting)
    assert drawn(walker, walk) == []
    assert noted(walker, lasting, walk).status_code == 303
    assert noted(walker, lasting, walk, text="Busken skymmer").status_code == 303
    page = browser_of("teacher").get(walk)
    for said in ("Lampan är släckt", "Busken skymmer", "tas om hand av Bostadsbolaget"):
        assert said in page
    assert "Anteckna en punkt" not in page
    number = re.search(r"/farsta/avvikelser/(\d+)", page)
    assert number
    assert "Lampan är släckt" in walker.get(number[0])
    again = made(walker, lasting, name="En gång till", follows=walk.rpartition("/")[2])
    assert walker.post(f"{again}/uppfoljning", {"point-1": "fixed", "point-2": "x"}).status_code == 303
    seen = browser_of("teacher").get(again)
    assert drawn(browser_of("teacher"), again) == ["1", "2"]
    assert re.findall(r'<span class="tag quiet">([^<]+)</span></li>', seen) == ["åtgärdat", "inget antecknat"]
    assert "En gång till" in browser_of("landlord").get(ROOM)


def test_a_photo_is_kept_bare_and_only_with_the_word_that_nobody_is_on_it(
    walker: Browser, browser_of: BrowserOf, lasting: World
) -> None:
    walk = made(walker, lasting)
    refused = noted(walker, lasting, walk, taken())
    assert (refused.status_code, 'href="#no_persons"' in refused.text) == (422, True)
    assert noted(walker, lasting, walk, b"GIF89a", no_persons="yes").status_code == 422
    assert "Lampan" not in walker.get(walk).partition("Anteckna en punkt")[0]
    assert noted(walker, lasting, walk, taken(), no_persons="yes").status_code == 303
    photo = browser_of("teacher").client.get(f"{walk}/foto/1.jpg")
    assert photo.headers["content-type"] == "image/jpeg"
    require_bare(photo.content)
    assert f'src="{walk}/foto/1.jpg" alt="Foto av punkt 1, ' in browser_of("teacher").get(walk)
    browser_of("teacher").get(f"{walk}/foto/2.jpg", 404)


def test_what_only_authorities_see_is_no_point_for_others(browser_of: BrowserOf, lasting: World) -> None:
    officer = browser_of("officer")
    walk = made(officer, lasting)
    assert noted(officer, lasting, walk, taken(), no_persons="yes", visibility="authorities").status_code == 303
    assert noted(officer, lasting, walk, text="Busken skymmer").status_code == 303
    assert "Lampan är släckt" in officer.get(walk)
    assert drawn(officer, walk) == ["1", "2"]
    assert "Lampan är släckt" not in browser_of("landlord").get(walk)
    assert drawn(browser_of("landlord"), walk) == ["2"]
    browser_of("landlord").get(f"{walk}/foto/1.jpg", 404)


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(walker: Browser, lasting: World) -> None:
    empty = walker.post(ROOM, {"name": "", "starts_at": "2026-10-01T18:00"})
    assert (empty.status_code, [f'href="#{name}"' in empty.text for name in ("name", "people")]) == (422, [True, True])
    walk = made(walker, lasting)
    outside = noted(walker, lasting, walk, lon="17", owner="")
    assert (outside.status_code, 'href="#owner"' in outside.text, "Lampan är släckt" in outside.text) == (
        422,
        True,
        True,
    )
    assert noted(walker, lasting, walk, lon="17").status_code == 422
    walker.get(f"{ROOM}/x", 404)

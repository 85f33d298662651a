"""What holds for every page: the policy, the token, the language, and nothing inline."""

from __future__ import annotations

import re

import pytest

from dashboards.sign_in import local
from dashboards.view import HEADERS
from tests.builders import World
from tests.dashboards.conftest import BrowserOf, Tags

OPEN = (
    "/logga-in",
    "/tillganglighet",
    "/lank/no-such-link",
    "/no/such/page",
    "/priset",
    "/priset/stockholm-2023",
    "/priset/metoder",
)
MEMBERS = (
    "/farsta/karta",
    "/farsta/avvikelser",
    "/farsta/marka",
    "/farsta/avvikelser?from=nonsense",
    "/farsta/avvikelser/1",
    "/farsta/karta/omraden",
)
ADMINISTRATORS = ("/farsta/deltagare", "/farsta/overenskommelser")
EVERYWHERE = (
    [(None, p) for p in OPEN] + [("officer", p) for p in MEMBERS] + [("administrator", p) for p in ADMINISTRATORS]
)


@pytest.mark.parametrize(("person", "path"), EVERYWHERE)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_is_sent_under_the_strict_policy(
    browser_of: BrowserOf, person: str | None, path: str, prefix: str
) -> None:
    answer = browser_of(person).client.get(prefix + path)
    policy = answer.headers["content-security-policy"]
    assert policy == HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("person", "path"), EVERYWHERE)
def test_no_page_holds_anything_inline_or_from_elsewhere(browser_of: BrowserOf, person: str | None, path: str) -> None:
    tags = Tags(browser_of(person).client.get(path).text).tags
    for tag, attributes in tags:
        assert tag != "style"
        assert not [name for name in attributes if name.startswith(("on", "hx-on")) or name == "style"]
        for name in ("src", "href", "action"):
            assert not re.match(r"(https?:)?//|javascript:", attributes.get(name) or ""), (tag, attributes)
        if tag == "script":
            assert attributes.get("src") or attributes.get("type") == "application/json"


@pytest.mark.parametrize(("person", "path"), EVERYWHERE)
def test_every_page_speaks_the_language_of_its_address(browser_of: BrowserOf, person: str | None, path: str) -> None:
    browser = browser_of(person)
    for prefix, language, word in (("", "sv", "Hoppa till innehållet"), ("/en", "en", "Skip to the content")):
        page = browser.client.get(prefix + path).text
        assert Tags(page).of("html")[0]["lang"] == language
        assert word in page
        assert re.search(r"<title>[^<–]+ – .*Trygghetsforum</title>", page)


def test_an_english_page_leads_to_english_pages(browser_of: BrowserOf) -> None:
    page = Tags(browser_of("officer").get("/en/farsta/karta"))
    inside = [a["href"] or "" for a in page.of("a") if (a["href"] or "").startswith("/")]
    assert inside
    assert [href for href in inside if not href.startswith("/en/")] == []


def test_an_accounts_choice_of_language_holds_at_every_address(browser_of: BrowserOf, lasting: World) -> None:
    browser = browser_of("walker")
    answer = browser.post("/sprak", {"language": "en", "back": "/farsta/karta"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/farsta/karta")
    assert 'lang="en"' in browser.get("/farsta/karta")
    browser.post("/sprak", {"language": "sv", "back": "/farsta/karta"})
    assert 'lang="sv"' in browser.get("/farsta/karta")


@pytest.mark.parametrize("fields", [{"token": ""}, {"token": "0" * 64}, {"token": "å"}])
def test_a_form_without_its_token_changes_nothing(browser_of: BrowserOf, fields: dict[str, str]) -> None:
    answer = browser_of("officer").post("/sprak", {"language": "en", "back": "/"} | fields)
    assert answer.status_code == 403
    assert "inte gjort för dig" in answer.text


def test_a_form_from_another_site_is_refused(browser_of: BrowserOf) -> None:
    officer = browser_of("officer")
    for headers in ({"origin": "https://elsewhere.example"}, {"origin": "null"}):
        assert officer.post("/sprak", {"language": "en"}, **headers).status_code == 403


def test_another_readers_token_is_worth_nothing(browser_of: BrowserOf) -> None:
    taken = browser_of("landlord").token()
    assert browser_of("officer").post("/sprak", {"token": taken, "language": "en"}).status_code == 403


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_back(browser_of: BrowserOf) -> None:
    answer = browser_of(None).client.get("/en/farsta/avvikelser?q=lampa")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/logga-in?next=%2Ffarsta%2Favvikelser%3Fq%3Dlampa"


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "javascript:1", ""]
)
def test_the_sign_in_leads_to_no_other_site(address: str) -> None:
    assert local(address) == ""


def test_a_strangers_forum_and_none_look_the_same(browser_of: BrowserOf) -> None:
    officer = browser_of("officer")
    pages = {officer.get(path, 404).replace(path, "") for path in ("/rinkeby/karta", "/nowhere/karta")}
    assert len(pages) == 1

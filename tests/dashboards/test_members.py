"""The administrator's pages: people, partners and agreements."""

from __future__ import annotations

import re

import pytest

from tests.builders import World
from tests.dashboards.conftest import BrowserOf, filled

PEOPLE, AGREEMENTS = "/farsta/deltagare", "/farsta/overenskommelser"


@pytest.mark.parametrize("person", ["officer", "teacher", "coordinator"])
def test_members_are_the_administrators_to_see(browser_of: BrowserOf, person: str) -> None:
    browser = browser_of(person)
    browser.get(PEOPLE, 403)
    assert browser.post(PEOPLE, {"email": "x@example.org"}).status_code in (403, 422)
    assert "/farsta/deltagare" not in browser.get("/farsta/karta")


def test_a_new_person_gets_a_link_that_is_shown_once(browser_of: BrowserOf, lasting: World) -> None:
    administrator = browser_of("administrator")
    new = {
        "email": "Ny@Example.org",
        "name": "Ny",
        "role": "reporter",
        "organisation": str(lasting.organisations["Skolan"]),
    }
    answer = administrator.post(PEOPLE, new)
    (link,) = re.findall(r"http://127\.0\.0\.1(/lank/[\w-]+)", answer.text)
    assert "Ny" in administrator.get(PEOPLE)
    assert link not in administrator.get(PEOPLE)
    assert browser_of(None).post(link, {"password": "fyra ord i följd"}).status_code == 303


def test_somebody_known_is_told_by_mail_and_nobody_else_hears_of_it(browser_of: BrowserOf, lasting: World) -> None:
    administrator = browser_of("administrator")
    known = {"email": lasting.email("walker"), "role": "reader", "organisation": str(lasting.organisations["Skolan"])}
    answer = administrator.post(PEOPLE, known)
    assert answer.status_code == 409
    assert "redan deltagare" in answer.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"email": "not-an-address"}, "email"), ({"role": "king"}, "role"), ({"organisation": ""}, "organisation")],
)
def test_what_is_wrong_is_told_at_its_field(
    browser_of: BrowserOf, lasting: World, changes: dict[str, str], field: str
) -> None:
    administrator = browser_of("administrator")
    new = {"email": "nr2@example.org", "role": "reader", "organisation": str(lasting.organisations["Skolan"])}
    answer = administrator.post(PEOPLE, new | changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert filled(answer.text)["email"] == (new | changes)["email"]


def test_ending_a_membership_closes_the_door_at_once(browser_of: BrowserOf, lasting: World) -> None:
    administrator, landlord = browser_of("administrator"), browser_of("landlord")
    landlord.get("/farsta/karta")
    page = administrator.get(PEOPLE)
    row = page[page.index(lasting.email("landlord")) :]
    (ending, *_) = re.findall(r"/farsta/deltagare/[0-9a-f-]+/avsluta", row)
    assert administrator.post(ending).status_code == 303
    landlord.get("/farsta/karta", 404)
    own = administrator.post(f"{PEOPLE}/{lasting.members['administrator']}/avsluta")
    assert own.status_code == 409


def test_partners_stand_in_a_tree_with_their_authority(browser_of: BrowserOf, lasting: World) -> None:
    administrator = browser_of("administrator")
    parent = str(lasting.organisations["Stadsdelsförvaltningen"])
    answer = administrator.post(
        "/farsta/aktorer", {"partner": "Parkenheten", "kind": "city", "parent": parent, "authority": "yes"}
    )
    assert answer.status_code == 303
    page = administrator.get(PEOPLE)
    tree = page[page.index('id="partners-head"') :]
    assert tree.index("Stadsdelsförvaltningen") < tree.index("Parkenheten")
    assert re.search(r'level-1">.*?Parkenheten <span class="tag">myndighet</span>', tree, re.DOTALL)
    again = administrator.post("/farsta/aktorer", {"partner": "Parkenheten", "kind": "city"})
    assert again.status_code == 409
    assert 'href="#partner"' in again.text


def test_an_agreement_needs_purposes_and_areas_and_lets_a_partner_write(browser_of: BrowserOf, lasting: World) -> None:
    administrator = browser_of("administrator")
    page = administrator.get(AGREEMENTS)
    assert "Skolan" in page[page.index("without-head") : page.index("all-head")]
    given = {"organisation": str(lasting.organisations["Skolan"]), "valid_from": "2024-01-01", "valid_to": ""}
    refused = administrator.post(AGREEMENTS, given | {"purposes": " ", "areas": ""})
    assert refused.status_code == 422
    assert 'href="#purposes"' in refused.text
    assert 'href="#areas"' in refused.text
    words = {"purposes": "Trygg skolväg", "areas": "Kring skolan"}
    assert administrator.post(AGREEMENTS, given | words).status_code == 303
    page = administrator.get(AGREEMENTS)
    assert "Trygg skolväg" in page
    assert "Skolan" not in page[page.index("without-head") : page.index("all-head")] if "without-head" in page else True


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_from": "i dag"}, "valid_from"),
        ({"valid_to": "2023-01-01"}, "valid_to"),
        ({"organisation": "x"}, "organisation"),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(
    browser_of: BrowserOf, lasting: World, changes: dict[str, str], field: str
) -> None:
    given = {
        "organisation": str(lasting.organisations["Skolan"]),
        "valid_from": "2024-01-01",
        "purposes": "x",
        "areas": "y",
    }
    answer = browser_of("administrator").post(AGREEMENTS, given | changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


def test_an_agreement_ends_on_its_day_and_stops_the_writing(browser_of: BrowserOf) -> None:
    administrator, walker = browser_of("administrator"), browser_of("walker")
    walker.get("/farsta/marka")
    page = administrator.get(AGREEMENTS)
    row = page[page.index("<strong>Nattvandrarna") :]
    (ending, *_) = re.findall(r"/farsta/overenskommelser/[0-9a-f-]+/avsluta", row)
    assert administrator.post(ending, {"on": "2024-06-30"}).status_code == 303
    assert "har upphört" in administrator.get(AGREEMENTS)
    assert "ingen gällande överenskommelse" in walker.get("/farsta/marka", 403)


def test_the_coordinator_reads_the_agreements_and_changes_none(browser_of: BrowserOf, lasting: World) -> None:
    coordinator = browser_of("coordinator")
    assert "/avsluta" not in coordinator.get(AGREEMENTS)
    given = {
        "organisation": str(lasting.organisations["Skolan"]),
        "valid_from": "2024-01-01",
        "purposes": "x",
        "areas": "y",
    }
    assert coordinator.post(AGREEMENTS, given).status_code == 403


def test_the_coordinator_is_shown_who_has_been_quiet_and_writes_down_nothing(browser_of: BrowserOf) -> None:
    coordinator = browser_of("coordinator")
    assert AGREEMENTS in coordinator.get("/farsta/platser")
    page = coordinator.get(AGREEMENTS)
    assert "Polisen" in page[page.index("silent-head") :]
    assert 'id="add-head"' not in page
    browser_of("officer").get(AGREEMENTS, 403)


def test_an_address_of_a_partner_is_kept_changed_and_taken_away(browser_of: BrowserOf, lasting: World) -> None:
    administrator, school = browser_of("administrator"), str(lasting.organisations["Skolan"])
    for address, shown in (("Rektor@Skolan.example.org", True), ("", False)):
        saved = administrator.post("/farsta/aktorer/kontakt", {"contact_of": school, "contact": address})
        assert saved.status_code == 303
        assert ("rektor@skolan.example.org" in administrator.get(PEOPLE)) is shown
    for given, field in (({"contact_of": school, "contact": "x"}, "contact"), ({"contact_of": ""}, "contact_of")):
        refused = administrator.post("/farsta/aktorer/kontakt", given)
        assert refused.status_code == 422
        assert f'href="#{field}"' in refused.text
    assert browser_of("coordinator").post("/farsta/aktorer/kontakt", {"contact_of": school}).status_code == 403

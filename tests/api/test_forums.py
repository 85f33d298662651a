"""A forum over HTTP: who I am in it, its categories, partners, areas and ground; and nothing of another's."""

from __future__ import annotations

from typing import Any

import pytest
from shapely import LineString
from sqlalchemy.orm import Session, sessionmaker

from api.extracts import Extract
from api.forums import GroupModel, Me, Partner
from api.geojson import Outlines
from forum.people import contacts
from forum.register import areas
from forum.register.categories import standard_set
from tests.api.conftest import ClientOf
from tests.builders import PARTNERS, SQUARE, World, build_world

FARSTA = "/api/v1/forums/farsta"
PARTS = ("", "/categories", "/organisations", "/areas", "/ground", "/deviations")


@pytest.fixture(scope="module")
def elsewhere(sessions: sessionmaker[Session]) -> World:
    """Return another forum, of which nobody here is a member."""
    with sessions() as session:
        world = build_world(session, "skarpnack", (18.12, 59.27, 18.17, 59.29))
        areas.import_ground(
            session, "path", [areas.Shape("Gångvägen", None, LineString([(18.08, 59.24), (18.1, 59.24)]))]
        )
        areas.import_ground(session, "path", [areas.Shape("Långt borta", None, LineString([(17, 58), (17.1, 58)]))])
        session.commit()
        return world


def test_i_am_told_who_i_am_in_each_of_my_forums(client_of: ClientOf, lasting: World, elsewhere: World) -> None:
    me = client_of("officer").get("/api/v1/me").json()
    Me.model_validate(me)
    assert me["account"]["email"] == "officer@farsta.example.org"
    assert me["forums"] == [
        {
            "forum": "farsta",
            "name": "Forum farsta",
            "organisation": str(lasting.organisations["Polisen"]),
            "organisation_name": "Polisen",
            "authority": True,
            "role": "reporter",
        }
    ]
    assert client_of("officer").get("/api/v1/forums").json() == [
        {"slug": "farsta", "name": "Forum farsta", "demo": False}
    ]


def test_the_forum_shows_its_whole_category_tree_in_both_languages(client_of: ClientOf) -> None:
    tree = client_of("teacher").get(f"{FARSTA}/categories").json()
    groups = [GroupModel.model_validate(group) for group in tree]
    shown = [code for group in groups for code in (group.code, *(kind.code for kind in group.kinds))]
    assert sorted(shown) == sorted(entry["code"] for entry in standard_set())
    assert all(kind.code.startswith(f"{group.code}.") for group in groups for kind in group.kinds)
    assert (groups[0].name.sv, groups[0].name.en) == (standard_set()[0]["sv"], standard_set()[0]["en"])


def test_the_forum_names_its_own_partners_only(client_of: ClientOf, elsewhere: World, lasting: World) -> None:
    partners = [Partner.model_validate(found) for found in client_of("walker").get(f"{FARSTA}/organisations").json()]
    assert {partner.name: partner.id for partner in partners} == lasting.organisations
    assert {partner.name: partner.authority for partner in partners} == {
        name: authority for name, (_, authority) in PARTNERS.items()
    }


def test_the_map_is_given_the_outlines_and_the_ground_around(client_of: ClientOf, elsewhere: World) -> None:
    outlines = client_of("officer").get(f"{FARSTA}/areas")
    assert outlines.headers["content-type"] == "application/geo+json"
    Outlines.model_validate(outlines.json())
    mine = {f["properties"]["name"]: f["properties"]["mine"] for f in outlines.json()["features"]}
    assert mine == {"Område farsta": True, "Område skarpnack": False}
    corners = [tuple(corner) for f in outlines.json()["features"] for corner in f["geometry"]["coordinates"][0][0]]
    assert (SQUARE[0], SQUARE[1]) in corners
    ground = client_of("officer").get(f"{FARSTA}/ground").json()
    assert [f["properties"] for f in ground["features"]] == [{"kind": "path", "name": "Gångvägen"}]


@pytest.mark.parametrize("part", PARTS)
def test_a_strangers_forum_and_none_are_told_apart_by_nothing(client_of: ClientOf, elsewhere: World, part: str) -> None:
    client = client_of("administrator")
    stranger, nobody = (client.get(f"/api/v1/forums/{slug}{part}") for slug in (elsewhere.slug, "nowhere"))
    assert stranger.status_code == nobody.status_code == 404
    assert stranger.content == nobody.content


@pytest.mark.parametrize("part", PARTS)
def test_without_a_sign_in_nothing_is_told_of_any_forum(client_of: ClientOf, elsewhere: World, part: str) -> None:
    answers: list[Any] = [client_of(None).get(f"/api/v1/forums/{slug}{part}") for slug in ("farsta", "nowhere")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].content == answers[1].content


def test_i_get_all_that_is_held_about_me_as_a_file(client_of: ClientOf) -> None:
    answer = client_of("landlord").get("/api/v1/me/extract")
    assert answer.headers["content-disposition"] == 'attachment; filename="extract.json"'
    found = Extract.model_validate(answer.json())
    assert found.email == "landlord@farsta.example.org"
    purposes = {part.what: part.purpose for part in found.parts}
    assert purposes["members"] == "För att veta vad du får göra och för vilken organisation."
    assert client_of(None).get("/api/v1/me/extract").status_code == 401


def test_the_address_of_an_organisation_is_told_to_those_who_lead(
    client_of: ClientOf, sessions: sessionmaker[Session], lasting: World
) -> None:
    owner, coordinator = lasting.organisations["Bostadsbolaget"], client_of("coordinator")
    address = f"{FARSTA}/organisations/{owner}/extract"
    assert [coordinator.get(path).status_code for path in (address, f"{FARSTA}/organisations/7/extract")] == [404, 404]
    with sessions() as session:
        contacts.put(session, lasting.acting(session, "administrator"), owner, "kontakt@bolaget.example.org")
        session.commit()
    found = Extract.model_validate(coordinator.get(address).json())
    assert (found.email, found.parts[0].what) == ("kontakt@bolaget.example.org", "contacts")
    assert client_of("landlord").get(address).status_code == 403

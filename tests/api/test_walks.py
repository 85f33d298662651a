"""Safety walks over HTTP: made, noted point by point, followed up."""

from __future__ import annotations

from typing import Any

from api import walks as api_walks
from forum.register.photos import require_bare
from mapping.files import photos
from tests.api.conftest import ClientOf, check_refusal, registered
from tests.builders import CENTRE, World
from tests.mapping.files.test_photos import taken

URL = "/api/v1/forums/farsta/walks"


def test_a_walk_is_made_walked_and_followed_up(client_of: ClientOf, lasting: World) -> None:
    walker, owner = client_of("walker"), str(lasting.organisations["Bostadsbolaget"])
    there = [{"organisation": str(lasting.organisations["Polisen"]), "people": 2}]
    plan = {"name": "Runt torget", "starts_at": "2026-10-01T18:00", "people": there}
    check_refusal(walker.post(URL, json=plan | {"people": []}), "people")
    walk = walker.post(URL, json=plan | {"route": [list(CENTRE), [18.1, 59.25]]}).json()
    assert (walk["route"], walk["people"], walk["points"]) == ([list(CENTRE), [18.1, 59.25]], there, [])
    point = {"owner": owner, "lon": CENTRE[0], "lat": CENTRE[1], "category": "lighting", "text": "Släckt"}
    check_refusal(walker.post(f"{URL}/{walk['id']}/points", json=point | {"lon": None}), "lon")
    noted = walker.post(f"{URL}/{walk['id']}/points", json=point)
    assert noted.status_code == 201, noted.text
    own = registered(walker)["properties"]["nr"]
    assert walker.post(f"{URL}/{walk['id']}/points", json={"owner": owner, "deviation": own}).status_code == 201
    assert client_of("landlord").post(f"{URL}/{walk['id']}/points", json=point).status_code == 403
    again = walker.post(URL, json=plan | {"follows": walk["id"], "starts_at": "2026-11-01T18:00"}).json()
    said = walker.post(f"{URL}/{again['id']}/checks", json={"position": 1, "outcome": "fixed"}).json()
    assert [(each["position"], each["outcome"]) for each in said["followed"]] == [(1, "fixed"), (2, None)]
    check_refusal(walker.post(f"{URL}/{walk['id']}/checks", json={"position": 1, "outcome": "fixed"}), "point")
    assert walker.post(f"{URL}/{again['id']}/checks", json={"position": 9, "outcome": "same"}).status_code == 404
    listed = client_of("teacher").get(URL).json()["walks"]
    assert [each["id"] for each in listed] == [again["id"], walk["id"]]
    read = client_of("teacher").get(f"{URL}/{walk['id']}").json()
    assert [each["deviation"] for each in read["points"]][1] == own
    assert [each["owner"] for each in read["points"]] == [owner, owner]


def test_a_photo_comes_as_a_form_is_kept_bare_and_only_with_the_word_that_nobody_is_on_it(
    client_of: ClientOf, lasting: World
) -> None:
    walker, police = client_of("walker"), str(lasting.organisations["Polisen"])
    there = [{"organisation": police, "people": 2}]
    made = walker.post(URL, json={"name": "Runt torget", "starts_at": "2026-10-01T18:00", "people": there}).json()
    walk = f"{URL}/{made['id']}"
    point = {"owner": police, "lon": CENTRE[0], "lat": CENTRE[1], "category": "lighting", "text": "Släckt"}

    def sent(photo: bytes, **changes: str) -> Any:
        return walker.post(f"{walk}/photos", data=point | changes, files={"photo": ("p.jpg", photo, "image/jpeg")})

    check_refusal(sent(taken()), "no_persons")
    for no_picture in (b"", b"MZ" + bytes(2000), b"<OGRVRTDataSource/>", bytes(10_000_000)):
        check_refusal(sent(no_picture, no_persons="true"), "photo")
    check_refusal(sent(bytes(photos.LARGEST + 1), no_persons="true"), "photo")
    check_refusal(sent(taken(), no_persons="true", seen_by="alla"), "seen_by")
    check_refusal(walker.post(f"{walk}/photos", data=point), "photo")
    check_refusal(walker.post(f"{walk}/photos", json=point), "owner")
    assert sent(bytes(api_walks.LARGEST)).status_code == 413
    answer = sent(taken(), no_persons="true")
    assert [each["photo"] for each in answer.json()["points"]] == [True]
    photo = client_of("teacher").get(f"{walk}/points/1/photo")
    assert photo.headers["content-type"] == "image/jpeg"
    require_bare(photo.content)
    assert client_of("teacher").get(f"{walk}/points/2/photo").status_code == 404

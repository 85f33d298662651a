"""Imported figures over HTTP: brought in together or not at all, read by every member."""

from __future__ import annotations

from tests.api.conftest import ClientOf, check_refusal

URL = "/api/v1/forums/farsta/surveys"
FIGURE = {
    "kind": "perceived", "source": "Mätningen", "publisher": "Staden", "topic": "Otrygg ute sent",
    "area": "Område farsta", "year": 2023, "share": 0.31, "respondents": 20,
}  # fmt: skip


def test_figures_are_taken_together_or_not_at_all(client_of: ClientOf) -> None:
    coordinator = client_of("coordinator")
    wrong = {"figures": [FIGURE, FIGURE | {"area": "Rinkeby", "year": 2022}]}
    check_refusal(coordinator.post(URL, json=wrong), "figures.1.area")
    assert client_of("teacher").get(URL).json() == {"figures": []}
    assert coordinator.post(URL, json={"figures": [FIGURE]}).json() == {"added": 1, "known": 0}
    assert coordinator.post(URL, json={"figures": [FIGURE]}).json() == {"added": 0, "known": 1}
    assert client_of("officer").post(URL, json={"figures": [FIGURE]}).status_code == 403
    (found,) = client_of("teacher").get(f"{URL}?kind=perceived").json()["figures"]
    assert found == FIGURE | {"low": None, "high": None, "count": None, "population": None, "uncertain": True}
    assert client_of("teacher").get(f"{URL}?kind=reported").json() == {"figures": []}


def test_quadrants_are_told_for_an_audience_with_what_they_rest_on(client_of: ClientOf) -> None:
    count = {
        "kind": "reported",
        "topic": "Misshandel",
        "count": 40,
        "population": 4000,
        "share": None,
        "respondents": None,
    }
    figures = [FIGURE | {"year": 2024, "respondents": 400}, FIGURE | count]
    assert client_of("coordinator").post(URL, json={"figures": figures}).status_code == 200
    body = client_of("teacher").get(f"{URL}/quadrants").json()
    assert (body["perceived"]["year"], body["reported"]["topic"]) == (2024, "Misshandel")
    (area,) = body["areas"]
    assert (area["key"], area["quadrant"], area["perceived"]["n"]) == ("Område farsta", "untold", 400)
    assert (area["reported"]["value"], area["reported"]["whole"]) == (0.01, 0.01)
    assert body["places"] == []
    check_refusal(client_of("landlord").get(f"{URL}/quadrants?audience=authorities"), "audience")

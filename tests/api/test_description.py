"""The description of the interface: complete in itself, and true of every route."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.filters import NAMES
from tests.api.conftest import ClientOf

KEYWORDS = {
    "$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "format",
    "title", "description", "default", "examples", "minItems", "maxItems", "minLength", "maxLength",
    "maxProperties", "minimum", "maximum", "prefixItems", "contentMediaType",
}  # fmt: skip
"""What our schemas say, all of it known to JSON Schema 2020-12."""
WITHOUT_BODY = (
    "undo", "look-at", "shown", "opening", "closing", "adjustment", "invitation", "link", "read", "call-in",
    "handing-in", "ending",
)  # fmt: skip
"""What is done by asking for it."""


@pytest.fixture(scope="module")
def described(client_of: ClientOf) -> dict[str, Any]:
    found: dict[str, Any] = client_of(None).get("/api/v1/openapi.json").json()
    return found


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def everything(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object within a value."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything(each)


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema within a schema."""
    yield value
    for inner in [*value.get("properties", {}).values(), *value.get("anyOf", []), value.get("items"),
                  value.get("additionalProperties")]:  # fmt: skip
        if isinstance(inner, dict):
            yield from schemas(inner)


def test_every_route_for_programs_is_described(app: FastAPI, described: dict[str, Any]) -> None:
    routes = {
        (context.path, method.lower())
        for context in iter_route_contexts(app.routes)
        if context.path and context.path.startswith(("/api/", "/healthz", "/readyz"))
        for method in context.methods or ()
    }
    assert {(path, method) for path, method, _ in operations(described)} == routes - {
        ("/api/v1/openapi.json", "get"),
        ("/api/v1/openapi.json", "head"),
    }


def test_the_description_needs_nothing_from_elsewhere(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    references = [found["$ref"] for found in everything(described) if "$ref" in found]
    assert references
    for reference in references:
        assert reference.startswith("#/components/schemas/")
        assert reference.rpartition("/")[2] in described["components"]["schemas"]
    used = {reference.rpartition("/")[2] for reference in references}
    assert used == set(described["components"]["schemas"])


def test_every_schema_uses_only_words_that_json_schema_knows(described: dict[str, Any]) -> None:
    tops = [*described["components"]["schemas"].values()]
    tops += [found["schema"] for found in everything(described["paths"]) if "schema" in found]
    inner = [schema for top in tops for schema in schemas(top)]
    assert len(inner) > 100
    assert {word for schema in inner for word in schema} <= KEYWORDS


def test_every_operation_says_what_goes_in_and_what_comes_out(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(described)]
    assert len(ids) == len(set(ids))
    for path, method, operation in operations(described):
        assert operation["description"], path
        declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path)), path
        good = [r for status, r in operation["responses"].items() if status.startswith("2")]
        assert good, path
        for answer in good:
            (content,) = answer["content"].values()
            assert content["schema"], path
        if path.startswith("/api/"):
            assert {"401", "422"} <= operation["responses"].keys(), path
            assert operation["security"], path
            for status, answer in operation["responses"].items():
                problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
                assert (answer.get("content") == {"application/problem+json": problem}) is status.startswith("4"), path
        assert ("requestBody" in operation) is (
            method in ("post", "patch", "put") and not path.endswith(WITHOUT_BODY)
        ), path


def test_deviations_are_described_as_geojson(described: dict[str, Any]) -> None:
    listed = described["paths"]["/api/v1/forums/{forum}/deviations"]["get"]
    assert listed["responses"]["200"]["content"].keys() == {"application/geo+json"}
    collection = described["components"]["schemas"]["Collection"]["properties"]
    assert {"type", "features", "numberMatched", "numberReturned", "numberUnknownHour", "next"} == collection.keys()
    asked = {p["name"] for p in listed["parameters"] if p["in"] == "query"}
    assert asked == NAMES | {"limit", "cursor"}
    amend = described["paths"]["/api/v1/forums/{forum}/deviations/{reference}"]["patch"]
    assert amend["responses"]["412"]["headers"].keys() == {"ETag"}
    assert "if-match" in {p["name"] for p in amend["parameters"]}

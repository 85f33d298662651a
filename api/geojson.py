"""Deviations as GeoJSON (RFC 7946), written straight to bytes; the models say what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sqlalchemy.orm import Session

from forum.foundation.audience import Visibility
from forum.register import pages
from forum.register.deviations import Deviation, History, Status
from forum.register.pages import Page

MEDIA_TYPE = "application/geo+json"


class Said(BaseModel):
    """What we answer: these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class Point(Said):
    """A place in WGS 84: longitude, latitude."""

    type: Literal["Point"]
    coordinates: list[float] = Field(min_length=2, max_length=2, examples=[[18.09, 59.243]])


class Properties(Said):
    """What is known of a deviation; moments are in UTC."""

    nr: int = Field(description="Its number in the forum, as in its address", examples=[4820173])
    label: str = Field(description="Its number as people say it", examples=["F-4820173"])
    category: str = Field(examples=["lighting"])
    category_name: str = Field(description="In Swedish; GET …/categories has both languages")
    organisation: UUID = Field(description="Whose it is")
    organisation_name: str | None
    on_behalf: bool = Field(description="Another organisation wrote it down")
    occurred_from: datetime
    occurred_to: datetime
    accuracy_m: float = Field(description="How far off the point may be, in metres")
    text: str
    answers: dict[str, Any] = Field(description="Answers to the category's questions")
    reply: str = Field(description="What came of it")
    visibility: Visibility
    status: Status
    source: str | None
    source_ref: str | None = Field(description="Its id in the source that it was imported from")
    version: int = Field(description="Also the ETag; send it as If-Match to change it")
    created_at: datetime
    changed_at: datetime


class Feature(Said):
    """One deviation as a GeoJSON feature."""

    type: Literal["Feature"]
    id: UUID
    geometry: Point
    properties: Properties


class Line(Said):
    """One thing that was done to a deviation, with each changed value before and after."""

    version: int
    action: str
    changes: dict[str, Any]
    organisation: UUID | None
    at: datetime


class FeatureWithHistory(Feature):
    """One deviation with what was done to it, as far as the reader may see it."""

    history: list[Line]


class Collection(Said):
    """A page of deviations."""

    model_config = ConfigDict(alias_generator=to_camel)

    type: Literal["FeatureCollection"]
    number_matched: int = Field(description="How many there are in all, exactly")
    number_returned: int
    number_unknown_hour: int = Field(description="Left out of an hour filter: known only as an interval over an hour")
    next: str | None = Field(description="Send it as `cursor` for the next page; null on the last")
    features: list[Feature]


class Outline(Said):
    """A shape on the ground, not a deviation."""

    type: Literal["Feature"]
    geometry: dict[str, Any] = Field(description="A GeoJSON geometry")
    properties: dict[str, Any]


class Outlines(Said):
    """Shapes that the map draws."""

    type: Literal["FeatureCollection"]
    features: list[Outline]


def written(content: Any) -> bytes:
    """Return the content as JSON, with ids as text and moments in UTC with a Z."""
    return orjson.dumps(content, option=orjson.OPT_UTC_Z)


class GeoJson(JSONResponse):
    """An answer in GeoJSON."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """Return the body; what is written already stays as it is."""
        return content if isinstance(content, bytes) else written(content)


def _moments(*columns: str) -> str:
    """Return the moments as members of an object; the space between day and time is found once for all of them."""
    members = ", ',', ".join(f"""'"{column}":"', page.{column} AT TIME ZONE 'UTC', 'Z"'""" for column in columns)
    return f"<replace(concat({members}), ' ', 'T')>"


def _perhaps(words: str) -> str:
    return f"<coalesce({words}::text, 'null')>"


FORM = (
    '{"type":"Feature","id":"<page.id>","geometry":{"type":"Point","coordinates":[<page.lon>,<page.lat>]},"properties":{'
    '"nr":<page.nr>,"label":"<cast(:letter AS text)>-<page.nr>",'
    '"category":<category.code>,"category_name":<category.name>,"organisation":"<page.organisation_id>",'
    '"organisation_name":' + _perhaps("organisation.name") + ',"on_behalf":<to_json(page.on_behalf)>,'
    + _moments("occurred_from", "occurred_to", "created_at", "changed_at") + ',"accuracy_m":<page.accuracy_m>,'
    '"text":<to_json(page.text)>,"answers":<page.answers>,"reply":<to_json(page.reply)>,'
    '"visibility":"<page.visibility>","status":"<page.status>","source":' + _perhaps("to_json(page.source)")
    + ',"source_ref":' + _perhaps("to_json(page.source_ref)") + ',"version":<page.version>}}'
)  # fmt: skip
"""A deviation as a feature, with SQL between the brackets."""
FEATURE = "concat('" + re.sub("<(.+?)>", r"', \1, '", FORM) + "')"


def feature(session: Session, deviation: Deviation, letter: str) -> dict[str, Any]:
    """Return one deviation as it now stands; the letter is its forum's, and stands before its number."""
    written: dict[str, Any] = orjson.loads(pages.these(session, [deviation.id], FEATURE, letter=letter).rows)
    return written


def collection(page: Page) -> bytes:
    """Return a page as a feature collection that says how many there are in all; its features are written already."""
    head = {
        "type": "FeatureCollection",
        "numberMatched": page.matched,
        "numberReturned": page.returned,
        "numberUnknownHour": page.unknown_hour,
        "next": page.next,
    }
    return b"".join((written(head)[:-1], b',"features":[', page.rows, b"]}"))


def line(done: History, codes: Mapping[UUID, str]) -> dict[str, Any]:
    """Return one line of a deviation's history, in the words of its properties."""
    return {
        "version": done.version,
        "action": done.action,
        "changes": dict(_said(done.changes, codes)),
        "organisation": done.organisation_id,
        "at": done.at,
    }


def _said(changes: Mapping[str, Any], codes: Mapping[UUID, str]) -> Iterator[tuple[str, Any]]:
    for column, both in changes.items():
        if column == "category_id":
            yield "category", [codes[UUID(given)] for given in both]
        elif column == "geom":
            yield "position", both
        elif column != "same_as_id":  # which other it is, only its own readers learn
            yield column, both


def shapes(features: Iterable[tuple[Mapping[str, Any], Any]]) -> dict[str, Any]:
    """Return shapes with their properties as a feature collection."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": shape.__geo_interface__, "properties": dict(properties)}
            for properties, shape in features
        ],
    }


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> GeoJson:
    """Answer with GeoJSON."""
    return GeoJson(body, status, dict(headers or {}))

"""Where the demo forum has walked (demons trygghetsvandringar): route, organisations, points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from forum.demo.tables import table
from forum.demo.work import Work
from forum.foundation import clock
from forum.people.organisations import Organisation
from forum.register import walks
from forum.register.intake import Notice
from forum.register.walks import Outcome, Owned, Plan, Walk

ACCURACY_M = 10


def build(work: Work, there: Mapping[str, Organisation]) -> None:
    """Walk the walks of `walks.toml`, each after those that it follows up."""
    made: dict[str, Walk] = {}
    for entry in table("walks")["walk"]:
        made[entry["name"]] = _walk(work, there, entry, made.get(entry.get("follows", "")))


def _walk(work: Work, there: Mapping[str, Organisation], entry: Mapping[str, Any], earlier: Walk | None) -> Walk:
    session, member = work.session, work.acting()
    day, at = work.today - timedelta(days=entry["days"]), time.fromisoformat(entry["at"])
    starts_at = datetime.combine(day, at, clock.ZONE)
    people = {there[key].id: n for key, n in entry["people"].items()}
    walk = walks.make(session, member, Plan(entry["name"], starts_at, people, entry["route"], earlier))
    if earlier is not None:
        for (point, _), said in zip(walks.points(session, member, earlier), entry["checked"], strict=True):
            if said:
                walks.check(session, member, walk, point, Outcome(said))
    for each in entry["point"]:
        owned = Owned(there[each["owner"]].id, _picture() if each.get("picture") else None, no_persons=True)
        lon, lat = each["at"]
        notice = Notice(lon, lat, ACCURACY_M, starts_at, each["category"], text=each["text"])
        walks.note(session, member, walk, notice, owned)
    return walk


@cache
def _picture() -> bytes:
    """Return the drawing that stands in for a photo, and says so."""
    return (files("forum") / "data" / "demo" / "walk.jpg").read_bytes()

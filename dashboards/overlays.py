"""Findings on the map that travels (fynden på kartan): accumulations and places that tell of themselves."""

from __future__ import annotations

from functools import partial

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from dashboards import patterns, words
from dashboards.findings import AGREEMENTS
from dashboards.sentences import THEN, VERDICTS, Speaker
from forum.foundation.geometry import in_metres, shape_of
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import areas
from mapping import overlays, picture
from mapping.analyses import HOT_M, Analyses, Hot
from mapping.counts import Verdict
from mapping.figures import Counted, squares_of
from mapping.overlays import SIDE_M, Band, Kind, Mark, Overlay
from mapping.perspectives import Agreement, Perspective
from mapping.picture import Look, Picture
from mapping.profiles import Kind as Asked
from mapping.profiles import Profile

HOT_NOTE = N_(
    "Frames around squares of %(side)s metres that have more around them than chance brings, of the whole period and "
    "all categories."
)
PLACE_NOTE = N_("The forum's open places, with the last twelve months. Names and outlines are those of today.")
COUNTED = N_("Deviations: %(n)s (95 %% interval %(low)s–%(high)s)")
NEW = N_("New: no square of it stood out in the period before.")
THERE = N_("It stood out in the period before too.")
SURE = N_("It stays in %(share)s of 100 redraws of the points within their own accuracy.")
YEARS = N_("Deviations of the last twelve months: %(n)s")
SEEN = N_("Who sees it: %(agreement)s, %(voices)s voices where %(expected)s would be expected.")
FEW = N_("Who sees it: too few to tell.")
APART = N_("%(when)s: %(n)s deviations, where elsewhere there would be %(expected)s.")
PATH_NOTE = N_(
    "Deviations of the period within %(reach)s metres of a path's line, each at its nearest path alone. Lines are as "
    "today."
)
NOT_APART = N_("Nothing sets it apart in time.")
SURFACE = N_(
    "The density is smoothed from what is known within %(accuracy)s metres, for the eye alone: it is no finding, and "
    "nothing is tested by it."
)


def of(session: Session, member: Member, found: Picture, language: str) -> tuple[Overlay, ...]:
    """Return the layers of a picture's analyses: none of one that has no analyses, or that found nothing."""
    if found.analyses is None:
        return ()
    made = (
        _paths(session, member, found, language),
        _places(session, member, found, found.analyses, language),
        _hot(found.analyses, language),
    )
    return tuple(overlay for overlay in made if overlay.marks)


def density_of(session: Session, member: Member, look: Look) -> tuple[Band, ...]:
    """Return the density of what is known well enough; none where the points cannot carry any hot spot either."""
    found = look.picture
    if not _carries(found):
        return ()
    whole = in_metres(areas.boundary(session, member.forum_id, found.period.last))
    exact = [(spot.lon, spot.lat) for spot in look.spots if spot.accuracy_m <= SIDE_M]
    return overlays.bands(exact, squares_of(whole, SIDE_M))


def notes(found: Picture, language: str, *, surface: bool) -> list[str]:
    """Return what the analyses say of themselves, first of all why there is none."""
    if found.analyses is None:
        return []
    said = [patterns.what_is_hot(Speaker(picture.as_plain(found), language)).text]
    aid = [text(SURFACE, language, accuracy=SIDE_M)] if surface and _carries(found) else []
    return said + aid


def _carries(found: Picture) -> bool:
    return found.analyses is not None and found.analyses.hotspots.reason is None


def _hot(found: Analyses, language: str) -> Overlay:
    lots = enumerate(found.hotspots.hot, start=1)
    marks = tuple(_accumulation(number, lot, found.hotspots.side_m, language) for number, lot in lots)
    return Overlay(Kind.HOT, text(N_("Accumulations"), language), text(HOT_NOTE, language, side=HOT_M), marks)


def _accumulation(number: int, lot: Hot, side: int, language: str) -> Mark:
    shape = overlays.around([(cell.east, cell.north) for cell in lot.cells], side)
    name = text(N_("Accumulation %(n)s, squares: %(squares)s"), language, n=number, squares=len(lot.cells))
    n, low, high = (words.number(value, language) for value in (lot.count, lot.low, lot.high))
    return Mark(shape, str(number), name, (
        text(COUNTED, language, n=n, low=low, high=high),
        text(NEW if lot.new else THERE, language),
        text(SURE, language, share=round(100 * lot.holds)),
    ))  # fmt: skip


def _places(session: Session, member: Member, found: Picture, made: Analyses, language: str) -> Overlay:
    there, apart = picture.places_of(session, found, member.forum_id), {each.key: each for each in made.profiles}
    marks = tuple(
        Mark(there[each.key].reach, there[each.key].name, there[each.key].name, _told(each, apart[each.key], language))
        for each in made.perspectives
        if each.key in there
    )
    return Overlay(Kind.PLACES, text(N_("Places"), language), text(PLACE_NOTE, language), marks)


def _paths(session: Session, member: Member, found: Picture, language: str) -> Overlay:
    """Return each path that has a name and any deviation, as it lies today."""
    along, lines = found.paths, dict[str, list[BaseGeometry]]()
    for ground in (
        areas.lying(session, picture.PATH, areas.boundary(session, member.forum_id, today())) if along else ()
    ):
        lines.setdefault(ground.name or "", []).append(shape_of(ground.geom))
    groups = [each for each in along.table.groups if each.count and each.key in lines] if along else []
    marks = tuple(
        Mark(shapely.union_all(lines[each.key]), each.key, each.key, _along(each, language))
        for each in groups
        if each.key
    )
    note = text(PATH_NOTE, language, reach=along.reach_m if along else "")
    return Overlay(Kind.PATHS, text(N_("Paths"), language), note, marks, shown=False)


def _along(group: Counted, language: str) -> tuple[str, ...]:
    """Return how many lie along a path, and how that compares."""
    n, low, high = (words.number(value, language) for value in (group.count, group.low, group.high))
    beside = [
        f"{text(THEN[base], language).capitalize()}: {words.number(before.before, language)}, "
        f"{text(VERDICTS[before.verdict], language)}."
        for base, before in (("previous", group.previous), ("last_year", group.last_year))
        if before.verdict is not Verdict.NOT_COVERED
    ]
    return (text(COUNTED, language, n=n, low=low, high=high), *beside)


def _told(seen: Perspective, profile: Profile, language: str) -> tuple[str, ...]:
    """Return how many a place has, who sees it and what sets it apart."""
    said = partial(words.number, language=language)
    traits = [trait for trait in profile.traits if trait.kind is not Asked.BURSTS]
    apart = [
        text(APART, language, when=patterns.in_time(trait.kind, trait.part, language), n=said(trait.count),
             expected=said(trait.expected, decimals=1))
        for trait in traits
    ]  # fmt: skip
    counted = text(YEARS, language, n=said(seen.count))
    return (counted, _seen(seen, language), *(apart or [text(NOT_APART, language)]))


def _seen(seen: Perspective, language: str) -> str:
    if seen.agreement is Agreement.TOO_FEW:
        return text(FEW, language)
    voices, expected = (words.number(value, language, 1) for value in (seen.voices, seen.voices_expected))
    agreement = text(AGREEMENTS[seen.agreement], language)
    return text(SEEN, language, agreement=agreement, voices=voices, expected=expected)

"""The picture that travels (lägesbilden i en fil): a map of the period that opens anywhere, for a stated audience."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from datetime import date
from functools import cache, partial

from sqlalchemy.orm import Session

from dashboards import assets, for_everybody, overlays, words
from dashboards.published import NOT_SHOWN, in_order
from dashboards.shown import FOR, in_words, title_of
from dashboards.symbols import SHAPES
from forum.foundation import clock
from forum.foundation.geometry import shape_of
from forum.foundation.language import N_, text
from forum.people.agreements import today
from forum.people.members import Member
from forum.register import areas, categories
from forum.work.pictures import FrozenPicture
from mapping import render
from mapping.charts import NUMBERED
from mapping.figures import SIDE_M
from mapping.picture import Look, Picture
from mapping.public_picture import PublicPicture
from mapping.render import Sheet, Spot, Square, Symbol

SAID = (
    N_("Map"), N_("Show as"), N_("Counts in squares"), N_("Symbols"), N_("Time"), N_("The whole period"), N_("What"),
    N_("What the map shows"), N_("%(n)s of %(all)s deviations"), N_("%(n)s of %(all)s deviations in squares"),
    N_("%(what)s, %(day)s, within %(m)s metres"), N_("Deviations at this spot: %(n)s"),
    N_("Deviations in the square: %(n)s"), N_("Zoom in"), N_("Zoom out"), N_("Analyses"), N_("Show as a list"),
    N_("Density"), N_("The density of the whole period, an aid for the eye"), N_("Deviations per square kilometre"),
    N_("%(n)s more: choose fewer categories or a part of the period."), N_("%(where)s: %(n)s"),
)  # fmt: skip
"""What the file itself says; it has no catalogue to look into."""
IN_SQUARES = "%(n)s of %(all)s deviations in squares"
SUMS = N_("The number in each area: deviations in the months that show it.")
"""Said in place of what is shown in squares, where there are none."""
SQUARES = N_("Squares of %(side)s metres with the count of deviations in each, printed from %(least)s on.")
VAGUE = N_("Known less exactly than a square is large, and so in none: %(n)s.")
HOLLOW = N_("A hollow symbol is known only within more than %(side)s metres.")
SHARED = N_("%(n)s deviations lie at %(spots)s spots that stand for a whole area, not for a place.")
ACCURACY = N_("Half of the deviations are known within %(m)s metres.")
BESIDE = N_("Half of the deviations are known within %(m)s metres: some belong to the square beside.")
ALONE = N_("Counts alone: no single deviation is in this file.")
ASK = N_("Choose a symbol or a square to see what it stands for. Or move the map with the arrows and press Enter.")
WITHIN = N_("The file holds no written text of any deviation.")
REPORTING = N_("Deviations measure who reports as well as what happens. Counts, not per inhabitant. North is up.")


def of_look(session: Session, member: Member, look: Look, language: str) -> str:
    """Return the map of a period with its squares and its deviations."""
    found, named = look.picture, {c.code: c for c in categories.all_of(session, member.forum_id, retired=True)}
    codes = [group.key for group in found.categories.groups if group.count]
    steps = found.period.steps()
    starts, day_of = [step.first for step in steps], _Days(language)
    spots = tuple(
        Spot(s.lon, s.lat, s.accuracy_m, codes.index(s.category), bisect_right(starts, s.day) - 1, day_of[s.day])
        for s in look.spots
    )
    sheet = replace(
        _sheet(session, member, found, language, _made(language)),
        notes=tuple(_notes(found, language, points=bool(spots))),
        symbols=tuple(_symbol(named[code], language) for code in codes),
        squares=render.in_squares(spots),
        steps=tuple(in_words(step, language) for step in steps) if len(steps) > 1 else (),
        spots=spots,
        overlays=overlays.of(session, member, found, language),
        bands=overlays.density_of(session, member, look),
    )
    return _page(sheet)


def of_frozen(session: Session, member: Member, found: Picture, kept: FrozenPicture, language: str) -> str:
    """Return the map of a frozen picture under its hash: its squares and what was found then, and no deviation."""
    squares = tuple(Square(cell.east, cell.north, ((0, 0, cell.count),)) for cell in found.squares.cells)
    sheet = _sheet(session, member, found, language, _frozen(kept, language))
    notes, over = tuple(_notes(found, language, points=False)), overlays.of(session, member, found, language)
    return _page(replace(sheet, notes=notes, squares=squares, overlays=over))


def of_published(
    session: Session, member: Member, found: PublicPicture, language: str, kept: FrozenPicture | None = None
) -> str:
    """Return the map for everybody: areas with the sums that were published, and no square and no point."""
    sheet = _sheet(session, member, found, language, _frozen(kept, language) if kept else _made(language))
    sums = {part.key: words.number(part.sum.count, language) if part.sum.count else NOT_SHOWN for part in found.areas}
    listed = [f"{name}: {told}" for name, told in in_order(list(sums.items()))]
    notes = [*for_everybody.first(found, language), *for_everybody.unknown(language)]
    told = {IN_SQUARES: text(SUMS, language)}
    return _page(
        replace(
            sheet,
            notes=(", ".join(listed), *(said.text for said in notes)),
            words={**sheet.words, **told},
            parts=tuple((f"{name}: {sums.get(name, NOT_SHOWN)}", shape) for name, shape in sheet.parts),
        )
    )


def _made(language: str) -> str:
    return text(N_("Made %(when)s"), language, when=words.moment(clock.now(), language))


def _frozen(kept: FrozenPicture, language: str) -> str:
    at = text(N_("Frozen %(when)s"), language, when=words.moment(kept.frozen_at, language))
    return f"{at} · sha256 {bytes(kept.hash).hex()}"


def _sheet(session: Session, member: Member, found: Picture | PublicPicture, language: str, made: str) -> Sheet:
    """Return the ground of a map, with nothing on it yet."""
    now = today()
    held = [area for area in areas.parts(session, member.forum_id) if area.valid_to is None or area.valid_to > now]
    _, ground = areas.nearby(session, member.forum_id, now)
    return Sheet(
        language=language,
        title=title_of(member, found.period, language),
        marks=tuple(_marks(member, found, language, made)),
        notes=(),
        words={message: text(message, language) for message in SAID},
        squares=(),
        outline=areas.boundary(session, member.forum_id, now),
        parts=tuple((area.name, shape_of(area.geom)) for area in held),
        water=tuple(shape_of(each.geom) for each in ground if each.kind == "water"),
        symbols=(),
        steps=(),
    )


def _page(sheet: Sheet) -> str:
    return render.page(sheet, scripts=[_vendored("leaflet.js")], styles=[_tokens(), _vendored("leaflet.css")])


def _marks(member: Member, found: Picture | PublicPicture, language: str, made: str) -> list[str]:
    marks = [text(FOR[found.audience], language), member.forum_name, in_words(found.period, language), made]
    return [*marks, text(N_("Invented example data"), language)] if member.demo else marks


def _notes(found: Picture, language: str, *, points: bool) -> list[str]:
    cells, said = found.squares, partial(words.number, language=language)
    notes = [text(SQUARES, language, side=SIDE_M, least=NUMBERED)] if cells.cells else []
    if cells.vague:
        notes.append(text(VAGUE, language, n=said(cells.vague)))
    if cells.shared:
        notes.append(text(SHARED, language, n=said(cells.shared), spots=said(cells.spots)))
    if cells.accuracy_m is not None:
        notes.append(text(BESIDE if cells.cells else ACCURACY, language, m=said(cells.accuracy_m)))
    notes += overlays.notes(found, language, surface=points)
    notes += [text(ASK, language), text(WITHIN if points else ALONE, language)]
    if points:
        notes.append(text(HOLLOW, language, side=SIDE_M))
    return [*notes, text(REPORTING, language)]


def _symbol(category: categories.Category, language: str) -> Symbol:
    shape = SHAPES[category.shape]
    drawn = (category.letter, category.fill, category.ink, shape.path, shape.baseline, shape.size)
    return Symbol(category.name(language), *drawn)


class _Days(dict[date, str]):
    """Days in words, each made once."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, value: date) -> str:
        self[value] = words.day(value, self.language)
        return self[value]


@cache
def _vendored(name: str) -> str:
    return (assets.STATIC / "vendor" / "leaflet" / name).read_text("utf-8")


@cache
def _tokens() -> str:
    return (assets.STATIC / "tokens.css").read_text("utf-8")

"""What the analyses of a picture found (fynden): plates with a sentence, a chart, a table and how it was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from dashboards import patterns, words
from dashboards.plates import DRAWN, LETTERS, Plate, Plates, lines
from forum.foundation.language import N_, text
from mapping import cellmaps, charts
from mapping.analyses import Analyses, Repeat
from mapping.charts import Pair, Width
from mapping.perspectives import Agreement, Perspective, View
from mapping.profiles import Kind, Profile, Trait

AGREEMENTS = {
    Agreement.AGREED: N_("many see it"),
    Agreement.SOME: N_("some see it"),
    Agreement.ONLY_ONE: N_("one sees it"),
    Agreement.TOO_FEW: N_("too few to tell"),
}
VIEWS = {View.MORE: "+", View.BLIND: "−", View.AS_EXPECTED: "", View.CANNOT_TELL: ""}
BY_VIEW = N_(
    "Deviations of the last twelve months by place and who reported. + more and − fewer than their part of all that is "
    "reported lets expect, with at most 5 in 100 false. Who reports little anywhere is not called silent."
)
VOICES = N_("Voices: so many organisations that report equally much would be as mixed.")
BY_SCAN = N_(
    "Filled: deviations in that time, last twelve months. Hollow: as many of the same kinds would be there elsewhere. "
    "The window is the one that stands out most; chance is reckoned over all windows, places and questions."
)
BY_KNOX = N_(
    "Knox's test: pairs of the same category by distance and days, last twelve months. Filled: observed. "
    "Hollow: mean of 999 random orders of the days. Corrected for all bands and categories (Holm)."
)
USUAL = N_("School days are the usual weeks of the Swedish school year, not the municipality's own decision.")
BY_SQUARE = N_(
    "Deviations of the last twelve months. Filled: all. "
    "Hollow: those in squares of 250 metres where nobody else has any."
)


class Findings:
    """Makes the plates of a picture's analyses, in one language."""

    def __init__(self, plates: Plates, found: Analyses) -> None:
        self.plates, self.found, self.speaker, self.language = plates, found, plates.speaker, plates.language
        self.places: Mapping[str, str] = plates.names["places"]

    def _(self, message: str, **params: object) -> str:
        return text(message, self.language, **params)

    def _number(self, value: float, decimals: int = 0) -> str:
        return words.number(value, self.language, decimals)

    def all(self) -> Iterator[Plate]:
        """Yield the plates that have anything to show."""
        if any(each.count for each in self.found.perspectives):
            yield self.seen()
        if any(profile.traits for profile in self.found.profiles):
            yield self.traits()
        if self.found.repeats.found:
            yield self.repeats()
        if self.found.additions:
            yield self.adds()

    def seen(self) -> Plate:
        """Return the places as each kind of organisation sees them."""
        shown = [each for each in self.found.perspectives if each.count][:DRAWN]
        kinds = [each.actor for each in self.found.perspectives[0].seen]
        called = [self.plates.names["kinds"][kind] for kind in kinds]
        counts = tuple(tuple((one.count, VIEWS[one.view]) for one in each.seen) for each in shown)
        drawn, slim = (
            cellmaps.matrix(tuple(self._place(each.key, width) for each in shown), tuple(called), counts, width)
            for width in Width
        )
        head = (self._(N_("Place")), self._(N_("Seen by")), self._(N_("Voices")), *called)
        rows = tuple(self._seen(each) for each in self.found.perspectives)
        said, method = patterns.who_sees(self.speaker, self.places), self._(BY_VIEW)
        return Plate(
            "seen", self._(N_("Who sees what")), said, method, drawn, said.text, head, rows, self._(VOICES), slim
        )

    def _seen(self, each: Perspective) -> tuple[str, ...]:
        voices = f"{self._number(each.voices, 1)} / {self._number(each.voices_expected, 1)}"
        cells = (f"{self._number(one.count)}{VIEWS[one.view]}" for one in each.seen)
        return (self._place(each.key), self._(AGREEMENTS[each.agreement]), voices, *cells)

    def traits(self) -> Plate:
        """Return what sets each place apart in time."""
        found = [(profile, trait) for profile in self.found.profiles for trait in profile.traits]
        head = tuple(
            self._(word) for word in (N_("Place"), N_("When"), N_("Deviations"), N_("Elsewhere"), N_("Chance (p)"))
        )
        rows = tuple(self._trait(profile, trait) for profile, trait in found)
        pairs = [(profile, trait) for profile, trait in found if trait.kind is not Kind.BURSTS][:DRAWN]
        drawn, slim = (charts.pairs(tuple(self._pair(*each, width) for each in pairs), width) for width in Width)
        said, method = patterns.what_sets_apart(self.speaker, self.places), self._(BY_SCAN)
        note = self._(USUAL)
        return Plate(
            "traits", self._(N_("What sets places apart")), said, method, drawn, said.text, head, rows, note, slim
        )

    def _trait(self, profile: Profile, trait: Trait) -> tuple[str, ...]:
        numbers = (self._number(trait.count), self._number(trait.expected, 1), self._number(trait.p, 3))
        return (self._place(profile.key), patterns.in_time(trait.kind, trait.part, self.language), *numbers)

    def _pair(self, profile: Profile, trait: Trait, width: Width) -> Pair:
        when = patterns.in_time(trait.kind, trait.part, self.language)
        name = f"{self._place(profile.key, width)}\n{lines(when, LETTERS[width])}"
        return Pair(name, trait.count, trait.count, trait.count, round(trait.expected))

    def repeats(self) -> Plate:
        """Return where one event brings another near it."""
        found = self.found.repeats.found
        head = tuple(
            self._(word)
            for word in (
                N_("Category"),
                N_("Distance"),
                N_("Days apart"),
                N_("Pairs"),
                N_("By chance"),
                N_("Chance (p)"),
            )
        )
        rows = tuple(self._repeat(each) for each in found)
        drawn, slim = (
            charts.pairs(tuple(self._bar(each, width) for each in islice(found, DRAWN)), width) for width in Width
        )
        said, method = patterns.what_repeats(self.speaker, self.plates.names["categories"]), self._(BY_KNOX)
        return Plate("repeats", self._(N_("Near repeats")), said, method, drawn, said.text, head, rows, "", slim)

    def adds(self) -> Plate:
        """Return what each kind of organisation adds to the common picture."""
        found = self.found.additions
        names = self.plates.names["kinds"]
        head = (
            self._(N_("Kind of organisation")), self._(N_("Deviations")), self._(N_("Where nobody else has any")),
            self._(N_("Squares that would be empty")),
        )  # fmt: skip
        rows = tuple(
            (names[each.actor], *(self._number(n) for n in (each.count, each.alone, each.squares))) for each in found
        )
        drawn, slim = (
            charts.pairs(
                tuple(Pair(lines(names[e.actor], most), e.count, e.count, e.count, e.alone) for e in found), width
            )
            for width, most in LETTERS.items()
        )
        said, method = patterns.what_is_added(self.speaker, names), self._(BY_SQUARE)
        return Plate("adds", self._(N_("What each adds")), said, method, drawn, said.text, head, rows, "", slim)

    def _repeat(self, each: Repeat) -> tuple[str, ...]:
        numbers = (self._number(each.count), self._number(each.expected, 1), self._number(each.p, 3))
        return (self._category(each), f"{each.near_m}–{each.far_m} m", f"{each.soon}–{each.late}", *numbers)

    def _bar(self, each: Repeat, width: Width) -> Pair:
        category = lines(self._category(each), LETTERS[width])
        band = f"{each.near_m}–{each.far_m} m, {each.soon}–{each.late} d"
        return Pair(f"{category}\n{band}", each.count, each.count, each.count, round(each.expected))

    def _category(self, each: Repeat) -> str:
        return self.plates.names["categories"].get(each.category, each.category)

    def _place(self, key: str, width: Width | None = None) -> str:
        name = self.places.get(key, key)
        return lines(name, LETTERS[width]) if width else name

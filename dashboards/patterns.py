"""What the patterns of a picture say (mönstren i ord): a sentence of each analysis, filled from its figures."""

from __future__ import annotations

from collections.abc import Mapping

from dashboards import words
from dashboards.choices import WEEKDAYS
from dashboards.sentences import Said, Speaker
from forum.foundation.language import N_, text
from mapping.analyses import Reason
from mapping.perspectives import Agreement
from mapping.profiles import Kind

WHY = {
    Reason.CENTRES: N_(
        "No hot spots are offered: most points stand for a whole area. %(points)s deviations share %(spots)s spots."
    ),
    Reason.TOO_FEW: N_(
        "No hot spots are sought: %(points)s deviations known to the square are too few, 30 are needed."
    ),
}
NONE_HOT = N_("No square has more deviations around it than chance explains, of %(tested)s tested together.")
SOME_HOT = N_("%(n)s accumulations have more deviations than chance explains, of %(tested)s squares tested together.")
ONE_HOT = N_("One accumulation has more deviations than chance explains, of %(tested)s squares tested together.")
GRADE = N_(
    "The hot squares of the period before hold %(pai)s times as much of this period's deviations as their part of "
    "the area; as many squares with the highest counts hold %(counts)s times as much."
)
NO_GRADE = N_("The period before had no hot square to be graded by.")
SCHOOL = {
    "school": N_("on school days"),
    "holiday": N_("on weekdays without school"),
    "weekend": N_("on weekends"),
}
DAYS = {
    "0-4": N_("Mondays to Fridays"),
    "4-5": N_("Friday and Saturday"),
    "5-6": N_("weekends"),
    "0-6": N_("every day"),
}


def in_time(kind: Kind, part: str, language: str) -> str:
    """Return a part of time as people say it: Friday and Saturday 21–03, November to February."""
    if kind is Kind.SEASON:
        first, last = (words.month_name(int(month), language) for month in part.split("-"))
        return first if first == last else f"{first}–{last}"
    if kind is Kind.HOURS:
        days, hours = part.split()
        named = text(DAYS[days], language) if days in DAYS else text(WEEKDAYS[int(days)], language)
        return f"{named} {hours.replace('-', '–')}"
    if kind is Kind.SCHOOL:
        return text(SCHOOL[part], language)
    return text(N_("in bursts, pairs within %(days)s days"), language, days=part)


def what_is_hot(speaker: Speaker) -> Said:
    """Return how many accumulations there are, or why none is sought."""
    at = "/analyses/hotspots"
    reason = speaker.figure(f"{at}/reason")
    if reason is not None:
        shared = {"spots": f"{at}/spots"} if reason == Reason.CENTRES else {}
        return speaker.say(WHY[Reason(reason)], None, points=f"{at}/points", **shared)
    hot = speaker.figure(f"{at}/hot")
    if len(hot) < 2:
        return speaker.say(ONE_HOT if hot else NONE_HOT, tested=f"{at}/tested")
    return speaker.say(SOME_HOT, {"n": words.number(len(hot), speaker.language)}, tested=f"{at}/tested")


def how_it_did(speaker: Speaker) -> Said:
    """Return how the hot spots of the period before did in this one."""
    at = "/analyses/hotspots/grade"
    if speaker.figure("/analyses/hotspots/grade") is None:
        return speaker.say(NO_GRADE)
    return speaker.say(GRADE, pai=f"{at}/pai", counts=f"{at}/counts_pai")


def who_sees(speaker: Speaker, places: Mapping[str, str]) -> Said:
    """Return which places many see alike, and which one alone."""
    found = speaker.figure("/analyses/perspectives")
    for wanted, message in (
        (Agreement.AGREED, N_("Many see the same at %(name)s: %(n)s deviations, %(voices)s voices.")),
        (Agreement.ONLY_ONE, N_("One alone sees %(name)s: %(n)s deviations.")),
    ):
        for i, each in enumerate(found):
            if each["agreement"] == wanted:
                more = {"voices": f"/analyses/perspectives/{i}/voices"} if wanted is Agreement.AGREED else {}
                named = {"name": places.get(each["key"], each["key"])}
                return speaker.say(message, named, n=f"/analyses/perspectives/{i}/count", **more)
    return speaker.say(N_("The same place looks different depending on who reports."))


def what_sets_apart(speaker: Speaker, places: Mapping[str, str]) -> Said:
    """Return the trait that stands out most."""
    found = [
        (trait["count"] / max(trait["expected"], 0.1), i, j, trait)
        for i, profile in enumerate(speaker.figure("/analyses/profiles"))
        for j, trait in enumerate(profile["traits"])
        if trait["kind"] != Kind.BURSTS
    ]
    if not found:
        return speaker.say(N_("No place is set apart by its hours or its season."))
    _, i, j, trait = max(found, key=lambda each: each[0])
    key = speaker.figure(f"/analyses/profiles/{i}/key")
    named = {"name": places.get(key, key), "when": in_time(Kind(trait["kind"]), trait["part"], speaker.language)}
    at = f"/analyses/profiles/{i}/traits/{j}"
    message = N_("%(name)s, %(when)s: %(n)s deviations, where elsewhere there would be %(expected)s.")
    return speaker.say(message, named, n=f"{at}/count", expected=f"{at}/expected")


def what_repeats(speaker: Speaker, categories: Mapping[str, str]) -> Said:
    """Return the strongest near repeat in plain words."""
    at = "/analyses/repeats/found/0"
    code = speaker.figure(f"{at}/category")
    message = N_(
        "%(name)s: where one has happened, another follows within %(far)s metres and %(late)s days more often than by "
        "chance: %(n)s pairs against %(expected)s."
    )
    named = {"name": categories.get(code, code)}
    return speaker.say(message, named, far=f"{at}/far_m", late=f"{at}/late", n=f"{at}/count", expected=f"{at}/expected")


def what_is_added(speaker: Speaker, kinds: Mapping[str, str]) -> Said:
    """Return who adds most that nobody else has seen."""
    found = speaker.figure("/analyses/additions")
    i = max(range(len(found)), key=lambda i: found[i]["alone"])
    message = N_("%(name)s: %(alone)s of %(n)s deviations lie where nobody else has any.")
    at = f"/analyses/additions/{i}"
    return speaker.say(message, {"name": kinds[found[i]["actor"]]}, alone=f"{at}/alone", n=f"{at}/count")

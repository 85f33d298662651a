"""The chain as a ribbon (kedjan): from the deviation to the effect, each link with what it says and where it leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboards import words
from dashboards.effect_card import SENTENCES
from dashboards.rows import LATER, Step
from forum.foundation.language import N_, text
from forum.people.members import Member
from forum.work.chain import Chain
from forum.work.follow_ups import OUTCOME_WORDS, Outcome
from forum.work.measures import STATUS_WORDS, Status
from mapping.verdicts import Sentence

DEVIATION, PLACE, CAUSE, MEASURE, FOLLOW_UP, EFFECT = range(6)
NAMES = (N_("Deviation"), *LATER)


def ribbon(member: Member, chain: Chain, here: int, language: str, base: str = "") -> tuple[Step, ...]:
    """Return the chain's steps; `here` is the one that the page is about, `base` stands before addresses."""
    root = f"{base}/{member.forum_slug}"
    said = [
        _deviations(chain, language, root),
        _places(chain, language, root),
        _causes(chain, language, root),
        _measures(chain, language, root),
        _follow_ups(chain, language, root),
        _effects(chain, language, root),
    ]
    not_yet = text(N_("not yet"), language)
    steps = [
        Step(text(name, language), say or not_yet, "done" if say else "later", url)
        for name, (say, url) in zip(NAMES, said, strict=True)
    ]
    steps[here] = replace(steps[here], state="here", url="")
    return tuple(steps)


def _deviations(chain: Chain, language: str, root: str) -> tuple[str, str]:
    if not chain.deviations:
        return "", ""
    newest = chain.deviations[0]
    if len(chain.deviations) == 1:
        return words.moment(newest.occurred_from, language), f"{root}/avvikelser/{newest.nr}"
    count = f"{len(chain.deviations)}+" if chain.more else str(len(chain.deviations))
    listed = f"{root}/avvikelser?place={chain.places[0].nr}" if chain.places else f"{root}/avvikelser"
    return text(N_("%(n)s deviations"), language, n=count), listed


def _places(chain: Chain, language: str, root: str) -> tuple[str, str]:
    return _first([place.name for place in chain.places], language), _to(root, "platser", chain.places)


def _causes(chain: Chain, language: str, root: str) -> tuple[str, str]:
    said = [cause.hypothesis or text(N_("begun"), language) for cause in chain.causes]
    at = [place for place in chain.places if place.id in {cause.place_id for cause in chain.causes}]
    return _first(said, language), _to(root, "platser", at) + ("#orsak" if at else "")


def _measures(chain: Chain, language: str, root: str) -> tuple[str, str]:
    said = [f"{m.title}: {text(STATUS_WORDS[Status(m.status)], language)}" for m in chain.measures]
    return _first(said, language), _to(root, "atgarder", chain.measures)


def _follow_ups(chain: Chain, language: str, root: str) -> tuple[str, str]:
    said = [
        f"{words.day(f.on_day, language, weekday=False)}: {text(OUTCOME_WORDS[Outcome(f.outcome)], language)}"
        for f in reversed(chain.follow_ups)
    ]
    seen = {f.measure_id for f in chain.follow_ups}
    return _first(said, language), _to(root, "atgarder", [m for m in chain.measures if m.id in seen])


def _effects(chain: Chain, language: str, root: str) -> tuple[str, str]:
    said = [text(SENTENCES[Sentence(effect.sentence)], language) for effect in chain.effects]
    return _first(said, language), f"{root}/effekter/{chain.effects[0].id}" if said else ""


def _first(said: Sequence[str], language: str) -> str:
    if len(said) < 2:
        return said[0] if said else ""
    return text(N_("%(first)s and %(n)s more"), language, first=said[0].rstrip("."), n=len(said) - 1)


def _to(root: str, room: str, things: Sequence[object]) -> str:
    return f"{root}/{room}/{getattr(things[0], 'nr', '')}" if things else ""

"""What a nomination says, in words (det som lämnas): its parts, its evidence, who did what, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from dashboards import effect_plates, words
from dashboards.effect_card import LIMITS, SENTENCES, headline
from dashboards.plates import Plate
from forum.foundation.language import N_, text
from forum.people import forums
from forum.prize import archive, awards, contents, evidence, gates, nominations, nominators, packs, sending, supplements
from forum.prize.contents import PARTS
from forum.prize.editions import PHASE_WORDS, Edition, Phase
from forum.prize.evidence import KIND_WORDS, Evidence, Kind, Snapshot
from forum.prize.nominations import STATUS_WORDS, UNSENT, Nomination, Status
from mapping.verdicts import Limit, Sentence

LONG = ("problem", "done", "results")
"""Parts that get a larger field."""
HINTS = {
    "problem": N_("Where, since when, and who noticed it? No names or other facts about persons."),
    "done": N_("Name organisations, not persons."),
    "added": N_("What is done now that was not done before?"),
    "results": N_("Figures or what people say: both are results."),
    "method": N_("Counted, asked, or seen? By whom, and when?"),
    "limits": N_("What else can explain it? What do you not know?"),
    "others": N_("What does somebody need to begin?"),
}
DID = {"reported": N_("reported it"), "decided": N_("decided it"), "carried_out": N_("did it")}


def of_edition(edition: Edition, language: str) -> dict[str, Any]:
    """Return what the pages of a nomination say of its edition."""
    return {
        "slug": edition.slug,
        "name": edition.name,
        "theme": edition.theme,
        "phase": text(PHASE_WORDS[edition.phase], language),
        "open": edition.opened_at is not None and edition.phase is Phase.OPEN,
        "until": words.day(edition.closes_on, language),
        "assess_from": words.day(edition.assess_from, language),
        "ceremony": words.day(edition.ceremony_at, language),
    }


def listed(nomination: Nomination, language: str) -> dict[str, Any]:
    """Return one's own nomination as a line."""
    status = text(STATUS_WORDS[Status(nomination.status)], language)
    return {"nr": nomination.nr, "title": nomination.title, "status": status, "unsent": nomination.status in UNSENT}


def document_of(form: FormData) -> bytes:
    """Return the bytes of the document that a form brings; none where there is none."""
    brought = form.get("document")
    return brought.file.read() if isinstance(brought, UploadFile) else b""


def page(session: Session, nomination: Nomination, edition: Edition, language: str) -> dict[str, Any]:
    """Return what the nominator's own page shows."""
    content, by = contents.of_mine(session, nomination), nominations.nominator_of(nomination)
    there = of_mine(session)
    contact, asked = nominators.of(session, nomination), supplements.of_nomination(session, nomination)
    sealed = packs.of_nomination(session, nomination)
    answerable = asked is not None and asked.answered_at is None and edition.phase in supplements.PREPARED
    return {
        "edition": of_edition(edition, language),
        "nomination": listed(nomination, language)
        | {"version": nomination.version, "state": nomination.status, "organisations": nomination.organisations},
        "parts": [_part(name, said, language) for name, said in content.parts.items()],
        "records": records(content.records, language),
        "evidence": [in_words(each, language, there) for each in evidence.of_nomination(session, by, nomination)],
        "contact": {"name": contact.name if contact else "", "email": contact.email if contact else ""},
        "purpose": text(nominators.PURPOSE, language),
        "kept": text(nominators.KEPT, language),
        "asked": _asked(asked, language) | {"answerable": answerable} if asked else None,
        "seal": bytes(sealed[0].hash).hex()[:16] if sealed else "",
        "announced": edition.phase is Phase.ANNOUNCED,
        "why": awards.reason_for(session, nomination.id),
        "unmet": [
            (criterion.name(language), verdict.reason)
            for criterion, verdict in gates.of(session, edition, nomination).stopped
        ],
        "citation": _citation(session, nomination, edition),
        "withdrawable": sending.withdrawable(nomination, edition),
    }


def _citation(session: Session, nomination: Nomination, edition: Edition) -> str:
    """Return why it got the prize, from the ceremony on; nothing where it did not."""
    won = archive.winners(session, edition)
    return next((each.citation for each in won if each.nomination and each.nomination.id == nomination.id), "")


def _part(name: str, said: str, language: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": text(PARTS[name], language),
        "hint": text(HINTS[name], language),
        "said": said,
        "long": name in LONG,
    }


def _asked(asked: supplements.Supplement, language: str) -> dict[str, Any]:
    return {
        "words": asked.words,
        "until": words.day(asked.last_day, language),
        "answer": asked.answer,
        "answered": words.day(asked.answered_at, language) if asked.answered_at else "",
    }


def records(held: list[Any], language: str) -> list[dict[str, str]]:
    """Return each organisation with what the register shows that it did."""
    return [
        {"who": record["organisation"], "did": ", ".join(text(DID[mark], language) for mark in DID if record[mark])}
        for record in held
    ]


# --- evidence ---------------------------------------------------------------------------------------------------------


BACK = {
    Kind.EFFECT: "effekter/{source}",
    Kind.PICTURE: "lagesbild/{source}",
    Kind.DECISION: "moten/{day}",
    Kind.MINUTES: "moten/{day}",
}
"""Where in its forum the source of a piece of evidence is read."""
Forums = Mapping[UUID, str]
"""The forums that the reader is in, each by its short name."""


def of_mine(session: Session) -> Forums:
    """Return the forums that the reader is in: from there they walk back to the deviations."""
    return {each.id: each.slug for each in forums.mine(session)}


def back(kind: Kind, source: UUID | None, content: Mapping[str, Any], slug: str | None) -> str:
    """Return the address of a source in its forum; empty for whoever is not in it, and for what has none."""
    if slug is None or kind not in BACK:
        return ""
    return f"/{slug}/" + BACK[kind].format(source=source, day=content.get("day", ""))


def in_words(each: Evidence, language: str, there: Forums) -> dict[str, Any]:
    """Return a piece of evidence as its readers meet it."""
    kind = Kind(each.kind)
    facts = SAID[kind](each.content, language)
    return {
        "nr": each.nr,
        "kind": text(KIND_WORDS[kind], language),
        "is_document": kind is Kind.DOCUMENT,
        "title": _title(kind, each, language),
        "facts": facts,
        "source": bytes(each.source_hash).hex() if each.source_hash else "",
        "hash": bytes(each.hash).hex(),
        "added": words.day(each.added_at, language, weekday=False),
        "by": each.content.get("by", ""),
        "back": back(kind, each.source_id, each.content, there.get(each.forum_id) if each.forum_id else None),
        "about": ABOUT[kind],
        "card": card(each.content, language) | {"plates": _plates(each, language)} if kind is Kind.EFFECT else None,
    }


def _plates(each: Evidence, language: str) -> tuple[Plate, ...]:
    """Return the drawings of a card, each named as no other on a page with several cards."""
    drawn = effect_plates.of_evidence(each.content, language)
    return tuple(replace(plate, name=f"{plate.name}-{each.nr}") for plate in drawn)


def offered(made: Snapshot, language: str) -> dict[str, Any]:
    """Return what could be evidence, before it is."""
    return {
        "kind": text(KIND_WORDS[made.kind], language),
        "title": _title(made.kind, made, language),
        "facts": SAID[made.kind](made.content, language),
    }


def of_award(each: Mapping[str, Any], language: str, there: Forums) -> dict[str, Any]:
    """Return what an award stands on, as everybody may see it; to a member of its forum with the way back."""
    made = Snapshot(Kind(each["kind"]), each["title"], UUID(each["source"]), None, each["content"])
    slug = there.get(UUID(each["forum"])) if each.get("forum") else None
    at = back(made.kind, made.source_id, made.content, slug)
    return offered(made, language) | {"nr": each["nr"], "hash": each["hash"], "back": at}


def _title(kind: Kind, each: Evidence | Snapshot, language: str) -> str:
    if kind is Kind.PICTURE:
        return _period(each.content, language)
    if kind is Kind.MINUTES:
        return _day(each.content["day"], language)
    if kind is Kind.PUBLICATION:
        return words.month(date.fromisoformat(f"{each.content['month']}-01"), language)
    return each.title


def _period(content: dict[str, Any], language: str) -> str:
    first, end = (date.fromisoformat(content[name]) for name in ("first", "end"))
    return words.period(first, date.fromordinal(end.toordinal() - 1), language)


def _day(iso: str, language: str) -> str:
    return words.day(date.fromisoformat(iso), language, weekday=False)


def _picture(content: dict[str, Any], language: str) -> list[str]:
    if "count" not in content:
        return [text(N_("So few, or of so few organisations, that it is not told how many."), language)]
    message = N_("%(count)s deviations, from %(who)s organisations.")
    count, who = (words.number(content[name], language) for name in ("count", "reporters"))
    return [text(message, language, count=count, who=who)]


def _decision(content: dict[str, Any], language: str) -> list[str]:
    where = text(N_("Decided at the meeting %(day)s"), language, day=_day(content["day"], language))
    return [content["words"], where]


def _minutes(content: dict[str, Any], language: str) -> list[str]:
    return [text(N_("Adjusted and sealed %(day)s"), language, day=_day(content["sealed_on"], language))]


def _document(content: dict[str, Any], language: str) -> list[str]:
    return [text(N_("PDF, pages: %(n)s"), language, n=words.number(content["pages"], language))]


def _effect(content: dict[str, Any], language: str) -> list[str]:
    return [text(SENTENCES[Sentence(content["sentence"])], language)]


def _nothing(_: dict[str, Any], language: str) -> list[str]:
    return [text(N_("The sums that everybody may read."), language)]


SAID = {
    Kind.EFFECT: _effect,
    Kind.PICTURE: _picture,
    Kind.DECISION: _decision,
    Kind.MINUTES: _minutes,
    Kind.PUBLICATION: _nothing,
    Kind.DOCUMENT: _document,
}
ABOUT = {
    Kind.PICTURE: "problem",
    Kind.PUBLICATION: "problem",
    Kind.DECISION: "done",
    Kind.MINUTES: "done",
    Kind.EFFECT: "results",
    Kind.DOCUMENT: "results",
}
"""The part of a nomination that a kind of evidence speaks to."""


def card(content: dict[str, Any], language: str) -> dict[str, Any]:
    """Return an effect card as everybody may see it: its sentence, its limits, its counts where all are told."""
    spans = content.get("spans")
    found: dict[str, Any] = {
        "said": text(SENTENCES[Sentence(content["sentence"])], language),
        "limits": [text(LIMITS[Limit(each)], language) for each in content["limits"]],
        "periods": [_span(spans[name], language) for name in ("before", "after")] if spans else [],
        "counts": [],
        "difference": "",
    }
    if "counts" in content:
        found["counts"] = [
            (text(name, language), *(words.number(n, language) for n in content["counts"][key]))
            for key, name in effect_plates.PAIRS.items()
            if key in content["counts"]
        ]
        found["difference"] = headline(effect_plates.FIGURE.validate_python(content["difference"]), language)
    return found


def _span(span: dict[str, str], language: str) -> str:
    first, end = (date.fromisoformat(span[name]) for name in ("first", "end"))
    return words.months(first, date.fromordinal(end.toordinal() - 1), language)

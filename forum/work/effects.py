"""Frozen effect cards (frysta effektkort): what the comparison of a measure's before and after said on a day.

The card is handed in as plain figures, computed for an audience; what follows from its counts is reckoned elsewhere. A
frozen card never changes: there is no verb for it, and the database grants none. Another control is another card, with
a reason. What the hash covers holds no free text: of the reason a salted digest.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Generator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from forum.foundation import clock, journal
from forum.foundation.audience import Audience
from forum.foundation.database import Base, Moment
from forum.foundation.errors import Invalid, NotFound
from forum.foundation.language import N_
from forum.people import agreements, audiences
from forum.people.members import Member
from forum.people.policy import Action, require
from forum.register.deviations import checked_text
from forum.register.steps import reason_given
from forum.work.measures import Measure
from forum.work.pictures import hash_of


class Effect(Base):
    """One frozen effect card; `content` is what the hash covers."""

    __tablename__ = "effects"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    forum_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    measure_id: Mapped[UUID]
    audience: Mapped[str]
    months: Mapped[int]
    content: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(info={"free_text": True})
    salt: Mapped[bytes]
    hash: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(Moment)

    @property
    def card(self) -> dict[str, Any]:
        """Return the card as it was handed in."""
        found: dict[str, Any] = self.content["card"]
        return found

    @property
    def made_for(self) -> Audience:
        """Return the audience that it was computed for."""
        return Audience(self.audience)

    @property
    def sentence(self) -> str:
        """Return the code of what it says first."""
        found: str = self.card["weighed"]["sentence"]
        return found

    @property
    def chosen(self) -> bool:
        """Tell whether its control was chosen by hand."""
        return bool(self.card["control"] and self.card["control"]["chosen"])

    @property
    def seal(self) -> bytes:
        """Return the hash over the card and the reason as they stand now, with what it is of and for."""
        named = {"measure_id": str(self.measure_id), "audience": self.audience, "months": self.months}
        said = {"reason": _digest(self.salt, self.reason), "made_at": clock.stamp(self.made_at)}
        return hash_of(self.content | named | said)

    @property
    def intact(self) -> bool:
        """Tell whether they are still those that were frozen."""
        return self.seal == bytes(self.hash)


def _digest(salt: bytes, words: str) -> str:
    return journal.digest_of(bytes(salt), {"words": words}).hex()


def keep(session: Session, member: Member, measure: Measure, card: Mapping[str, Any], *, reason: str = "") -> Effect:
    """Freeze the effect card of a measure, for the audience that it was computed for.

    A control that was chosen, and not found by the rules, needs a reason.
    """
    require(member, Action.EFFECT_FREEZE)
    agreements.require_in_force(session, member)
    audience = Audience(card["audience"])
    audiences.require_rows(member, audience)
    if (card["forum"], card["measure"]) != (member.forum_slug, measure.nr):
        message, remedy = N_("The card is of another measure."), N_("Make the card of this measure.")
        raise Invalid(message, field="measure", value=card["measure"], remedy=remedy)
    effect = Effect(
        forum_id=member.forum_id,
        organisation_id=member.organisation_id,
        measure_id=measure.id,
        audience=audience.value,
        months=card["inputs"]["months"],
        content={"card": dict(card)},
        salt=secrets.token_bytes(16),
        made_at=clock.now(),
    )
    effect.reason = reason_given(reason) if effect.chosen else checked_text(reason, "reason")
    effect.hash = effect.seal
    session.add(effect)
    session.flush()
    facts = {"measure": str(measure.id), "audience": audience, "months": effect.months}
    facts["sentence"] = card["weighed"]["sentence"]
    journal.write(session, member, journal.Entry("effect:freeze", "effect", effect.id, facts, effect.hash))
    return effect


def of_measures(session: Session, member: Member, measures: Collection[UUID]) -> list[Effect]:
    """Return the measures' frozen cards that the member is among the audience of, the latest first."""
    mine = _seen(member).where(Effect.measure_id.in_(measures))
    return list(session.scalars(mine.order_by(Effect.made_at.desc(), Effect.id)))


def frozen(session: Session, member: Member, measures: Collection[UUID]) -> set[tuple[UUID, int]]:
    """Return of which measures there is a card of how many months."""
    of = _seen(member).where(Effect.measure_id.in_(measures)).with_only_columns(Effect.measure_id, Effect.months)
    return {(measure, months) for measure, months in session.execute(of)}


def tellings(session: Session, member: Member) -> list[Any]:
    """Return of the forum's cards, as each was handed in, what it tells everybody: its areas, its months and what."""
    card = Effect.content["card"]
    parts = [card[name].label(name) for name in ("area", "ring_m", "told")]
    parts += [card["control", "area"].label("control"), card["weighed", "figures", "spans"].label("spans")]
    figures = card["weighed", "figures"].as_string().is_not(None)
    there = _seen(member).where(Effect.audience != Audience.AUTHORITIES, figures)
    there = there.with_only_columns(*parts, Effect.months)
    return [row._asdict() for row in session.execute(there)]


def get(session: Session, member: Member, reference: UUID) -> Effect:
    """Return a frozen card; `made_for` says who may read it, and nothing that they may not see is in it."""
    found = session.scalar(_seen(member).where(Effect.id == reference))
    if found is None:
        raise NotFound
    return found


def digests(session: Session) -> Generator[tuple[UUID, bytes], None, None]:
    """Yield every frozen card that the session may see with its seal as it stands, for the journal's verifier."""
    for effect in session.scalars(select(Effect)):
        yield effect.id, effect.seal


def _seen(member: Member) -> Select[Effect]:
    require(member, Action.MEASURE_READ)
    return select(Effect).where(Effect.forum_id == member.forum_id, Effect.audience.in_(member.visibilities))

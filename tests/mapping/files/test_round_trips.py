"""What one forum exports another imports, and nothing is lost: whatever the texts hold, in all five formats."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from forum.foundation import clock
from forum.foundation.audience import Audience
from forum.people import members
from forum.people.organisations import Organisation
from forum.register import deviations, exports
from forum.register.exports import Exported, Handout
from forum.register.finding import Filter
from mapping.files.exports import Form, written
from mapping.files.imports import take_in
from mapping.files.mappings import ImportMapping, read_mapping
from mapping.files.rows import rows_of
from mapping.files.sources import table_of
from tests.builders import CENTRE, World, build_world, mark

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "trygghetsforum.toml"
LETTERS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
BEGINNINGS = st.sampled_from(["", "=", "+1", "-", "@", "'", "''", "'=", "#N/A", "_x000D_", "\uff1d", '"', ";", "åäö"])
TEXTS = st.tuples(BEGINNINGS, LETTERS, st.sampled_from(["", "\r\n", "\n", '"', "🚲", "\x0b", "\ufffe"]), LETTERS).map(
    "".join
)
MOMENTS = st.integers(0, 36 * 365 * 86_400 * 1_000_000).map(lambda us: clock.EARLIEST + timedelta(microseconds=us))
CALM = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def row(**changes: Any) -> Exported:
    """Return a row as the register hands it out."""
    moment = datetime(2026, 3, 2, 20, 40, 1, 234567, tzinfo=UTC)
    plain: dict[str, Any] = {
        "id": uuid4(), "nr": 4820173, "lon": CENTRE[0], "lat": CENTRE[1], "accuracy_m": 25.0, "occurred_from": moment,
        "occurred_to": moment + timedelta(hours=1), "category": "lighting", "category_name": "Belysning",
        "text": "Släckt", "answers": {"works": False}, "visibility": "forum", "status": "new", "reply": "",
        "organisation": "Bostadsbolaget", "registered_by": "Bostadsbolaget", "source": None, "source_ref": None,
        "version": 1, "created_at": moment, "changed_at": moment,
    }  # fmt: skip
    return Exported(**(plain | changes))


def content(form: Form, rows: list[Exported], audience: Audience | None = Audience.FORUM) -> bytes:
    with written(form, Handout(audience, len(rows), iter(rows))) as file:
        return file.read()


@pytest.fixture(scope="module")
def mapping() -> ImportMapping:
    return read_mapping(EXAMPLE)


@pytest.mark.parametrize("form", Form)
@CALM
@given(said=st.lists(st.tuples(TEXTS, TEXTS, MOMENTS), min_size=1, max_size=4))
def test_whatever_a_text_holds_comes_back_as_it_was(
    mapping: ImportMapping, form: Form, said: list[tuple[str, str, datetime]]
) -> None:
    rows = [row(text=text.strip(), reply=reply.strip(), occurred_from=moment, occurred_to=moment)
            for text, reply, moment in said]  # fmt: skip
    table = table_of(f"a.{form}", content(form, rows), mapping.file)
    back = [mapped.row for mapped in rows_of(mapping, table)]
    assert [(each.notice.text, each.reply, each.notice.occurred_from) for each in back if each] == [
        (each.text, each.reply, each.occurred_from) for each in rows
    ]


@pytest.mark.parametrize("form", Form)
def test_every_field_comes_back(mapping: ImportMapping, form: Form) -> None:
    given = row(status="answered", reply="Lagat", visibility="public", source="polisen.se", source_ref="=7")
    (mapped,) = rows_of(mapping, table_of(f"a.{form}", content(form, [given]), mapping.file))
    assert not mapped.problems
    assert mapped.row is not None
    back, notice = mapped.row, mapped.row.notice
    assert (float(notice.lon), float(notice.lat)) == (given.lon, given.lat)
    assert float(notice.accuracy_m) == given.accuracy_m
    assert (notice.occurred_from, notice.occurred_to) == (given.occurred_from, given.occurred_to)
    assert (notice.category, notice.answers, notice.visibility) == (given.category, given.answers, given.visibility)
    assert (back.status, back.reply, back.registered_at) == ("answered", "Lagat", given.created_at)
    assert (back.source, back.source_ref) == ("polisen.se", "=7")


def exported(session: Session, world: World, wanted: Filter) -> list[Exported]:
    """Return what the forum hands out of its landlord's rows, to the landlord alone."""
    landlord = world.acting(session, "landlord")
    return exports.hand_out(session, landlord, wanted, lambda out: list(out.rows), audience=None, form="test")


def carried(rows: list[Exported], start: datetime) -> list[Exported]:
    """Return the rows without what a forum gives of its own: numbers, ids, versions, when it last changed them."""
    own: dict[str, Any] = {"id": UUID(int=0), "nr": 0, "version": 0, "changed_at": start}
    return sorted((replace(each, **own) for each in rows), key=lambda each: (each.text, each.source_ref or ""))


@pytest.mark.parametrize("form", Form)
def test_a_forum_takes_in_what_another_exported_and_knows_it_the_second_time(
    session: Session, world: World, mapping: ImportMapping, form: Form
) -> None:
    start = datetime.now(UTC)
    landlord = world.acting(session, "landlord")
    mark(session, landlord, text="=cmd|' /C calc'!A0", visibility="own", category="lighting.lamp_out")
    answered = mark(session, landlord, text="'Citat' med \"fnuttar\",\n och ny rad", visibility="public")
    coordinator = world.acting(session, "coordinator")
    deviations.answer(session, coordinator, deviations.get(session, coordinator, answered.id), reply="-Lagat")
    ours = Filter(organisations=(world.organisations["Bostadsbolaget"],))
    before = exported(session, world, ours)
    assert len(before) == 2

    other = build_world(session, "hagsatra")
    partner = session.get_one(Organisation, other.organisations["Bostadsbolaget"])
    for added, known in ((2, 0), (0, 2)):
        worker = members.system(session, other.forum_id, other.slug, "Hagsätra", partner)
        table = table_of(f"a.{form}", content(form, before, None), mapping.file)
        result = take_in(session, worker, mapping, table)
        assert (result.added, result.known, result.told) == (added, known, [])

    after = exported(session, other, Filter())
    assert {each.source_ref for each in after} == {str(each.id) for each in before}
    hand_marked: dict[str, Any] = {"source": None, "source_ref": None}
    assert carried([replace(each, **hand_marked) for each in after], start) == carried(before, start)


def test_the_row_of_another_partner_is_refused_by_name(mapping: ImportMapping) -> None:
    table = table_of("a.csv", content(Form.CSV, [row(organisation="Polisen")]), mapping.file)
    (mapped,) = rows_of(mapping, table)
    assert mapped.row is None
    assert [problem.field for problem in mapped.problems] == ["organisation"]

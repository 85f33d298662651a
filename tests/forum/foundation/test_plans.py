"""How the database looks things up at 100,000 deviations, as the application role: no read goes through a whole table.

The fixture fills the tables behind the program's back; each case carries out a verb and has every statement that it
sends explained in the same transaction, with the same rights. What each takes is written in docs/decisions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session, sessionmaker

from forum.foundation import clock, journal, rights
from forum.foundation.audience import Audience, Visibility
from forum.people.members import Member
from forum.register import bulk, cursors, deviations, finding, intake, pages
from forum.register.deviations import Deviation, Status
from forum.register.finding import Filter
from tests.builders import CENTRE, SQUARE, World, build_world
from tests.story import NEIGHBOURS

ROWS, NEIGHBOURS_ROWS = 100_000, 2_000
LARGE = {"deviations", "deviation_history", "journal"}

DEVIATIONS = """
WITH o AS (SELECT array_agg(id ORDER BY name) AS ids FROM organisations WHERE forum_id = :forum),
     c AS (SELECT array_agg(id ORDER BY code) AS ids FROM categories WHERE forum_id = :forum),
     d AS (SELECT n, random() AS a, random() AS b, random() AS x, random() AS y, random() AS t, random() AS w
           FROM generate_series(1, :rows) n)
INSERT INTO deviations (forum_id, nr, organisation_id, registered_by_id, client_id, request_digest, category_id, geom,
    accuracy_m, occurred_from, occurred_to, text, visibility, status, source, source_ref, created_at)
SELECT :forum, 1000000 + n, o.ids[1 + floor(a * 5)], o.ids[1 + floor(a * 5)], gen_random_uuid(), '',
    c.ids[1 + floor(b * b * cardinality(c.ids))],
    ST_SetSRID(ST_MakePoint(:west + :width * x, :south + :height * y), 4326), 25,
    now() - t * interval '4 years', now() - t * interval '4 years' + (n % 5 = 0)::integer * interval '3 hours',
    (ARRAY['Lyktstolpar är släckta vid gångvägen', 'Klotter på tunnelns vägg', 'Ungdomar samlas vid torget',
           'Krossat glas på skolgården', 'Bänken är sönder', 'Högljudd musik från garaget'])[1 + floor(w * 6)]
        || ' ' || substr(md5(n::text), 1, 6) || CASE WHEN n % 500 = 0 THEN ' cykelställ' ELSE '' END,
    (ARRAY['own', 'authorities', 'authorities', 'public', 'forum', 'forum', 'forum', 'forum', 'forum', 'forum'])
        [1 + floor(w * 10)],
    (ARRAY['new', 'looked_at', 'at_place', 'answered', 'answered', 'answered', 'withdrawn'])[1 + floor(b * 7)],
    CASE WHEN n % 4 = 0 THEN 'fil' END, CASE WHEN n % 4 = 0 THEN n::text END, now() - t * interval '4 years'
FROM d, o, c
"""
HISTORY = """
INSERT INTO deviation_history (forum_id, deviation_id, version, action, organisation_id, visibility, at)
SELECT forum_id, id, 1, 'register', organisation_id, visibility, created_at FROM deviations
"""
JOURNAL = """
INSERT INTO journal (chain, seq, at, member_id, action, thing_kind, thing_id, facts, mac)
SELECT forum_id::text, row_number() OVER (PARTITION BY forum_id), created_at, :member,
    CASE WHEN nr % 3 = 0 THEN 'read:list' ELSE 'deviation:register' END, 'deviation', id, '{}', '' FROM deviations
"""
HEADS = """
INSERT INTO journal_heads (chain, seq, mac)
SELECT chain, max(seq), '' FROM journal WHERE chain <> 'installation' GROUP BY 1
ON CONFLICT (chain) DO UPDATE SET seq = EXCLUDED.seq
"""


@dataclass(frozen=True)
class Full:
    """Two forums, the first one full."""

    world: World
    middle: Deviation


@pytest.fixture(scope="module")
def full(superuser: Engine, sessions: sessionmaker[Session]) -> Full:
    with sessions() as session:
        world, other = build_world(session), build_world(session, "rinkeby", NEIGHBOURS)
        session.commit()
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no foreign keys, no triggers: only rows
        for forum, rows, (west, south, east, north) in (
            (world, ROWS, SQUARE),
            (other, NEIGHBOURS_ROWS, NEIGHBOURS),
        ):
            window = {"west": west, "south": south, "width": east - west, "height": north - south}
            connection.execute(text(DEVIATIONS), {"forum": forum.forum_id, "rows": rows, **window})
        connection.execute(text(HISTORY))
        connection.execute(text(JOURNAL), {"member": world.members["officer"]})
        connection.execute(text(HEADS))
        for table in LARGE:
            connection.execute(text(f"VACUUM ANALYZE {table}"))
    with sessions() as session:
        rights.become(session, rights.Principal(system=world.forum_id))
        # one that every member may see: which row stands in the middle is chance
        of_all = select(Deviation).where(
            Deviation.visibility == Visibility.FORUM, Deviation.status != Status.WITHDRAWN, Deviation.nr > 1_000_000
        )
        middle = session.scalars(of_all.order_by(Deviation.occurred_from).offset(ROWS // 4).limit(1)).one()
    return Full(world, middle)


Case = Callable[[Session, Member, Full], Any]


def find(limit: int = 100, **wanted: Any) -> Case:
    """Return the case of the list with a filter, as rows and as the database writes it."""

    def case(session: Session, member: Member, _: Full) -> None:
        finding.find(session, member, Filter(**wanted), limit=limit)
        pages.find(session, member, Filter(**wanted), "page.id::text", limit=limit, cursor=None)

    return case


def counts(column: Any, **wanted: Any) -> Case:
    return lambda session, member, _: finding.counts_by(session, member, Filter(**wanted), column)


def page_after(session: Session, member: Member, _: Full) -> Any:
    first = finding.find(session, member, Filter())
    return finding.find(session, member, Filter(), cursor=first.next)


def page_in_the_middle(session: Session, member: Member, full: Full) -> Any:
    return finding.find(session, member, Filter(), cursor=cursors.after(full.middle.occurred_from, full.middle.id))


def own_organisation(session: Session, member: Member, _: Full) -> Any:
    assert member.organisation_id is not None
    return finding.find(session, member, Filter(organisations=(member.organisation_id,)))


def alike(session: Session, member: Member, _: Full) -> Any:
    lon, lat = CENTRE
    return intake.alike(session, member, lon=lon, lat=lat, category="lighting", occurred_from=ago(30))


def page_of(reference: str) -> Case:
    """Return the case of one deviation's page, its history and the note that a restricted one was read."""

    def case(session: Session, member: Member, full: Full) -> None:
        row = deviations.get(session, member, getattr(full.middle, reference))
        deviations.history_of(session, member, row)

    return case


def read_a_restricted_list(session: Session, member: Member, _: Full) -> None:
    finding.note(session, member, "list", finding.find(session, member, Filter()))


def known_to_an_import(session: Session, member: Member, _: Full) -> object:
    refs = [str(n) for n in range(2_000)]
    asked = {"forum": member.forum_id, "sources": ["fil"] * len(refs), "refs": refs}
    return session.execute(bulk.KNOWN, asked).all()


def ago(days: int) -> Any:
    return clock.now() - timedelta(days=days)


CASES: dict[str, Case] = {
    "first page": find(),
    "10,000 at once": find(limit=10_000),
    "later page": page_after,
    "page in the middle": page_in_the_middle,
    "category": find(categories=("lighting",)),
    "several categories": find(categories=("lighting", "vandalism.graffiti", "litter")),
    "organisation": own_organisation,
    "status": find(statuses=(Status.NEW,)),
    "withdrawn": find(statuses=(Status.WITHDRAWN,)),
    "from": find(start=ago(30)),
    "to": find(end=ago(1_400)),
    "from and to": find(start=ago(800), end=ago(435)),
    "hours": find(hours=frozenset({22, 23})),
    "weekdays": find(weekdays=frozenset({6, 7})),
    "new since": find(created_since=ago(2)),
    "new since long": find(created_since=ago(700)),
    "area": find(area="Område farsta"),
    "window of 300 m": find(box=(18.09, 59.24, 18.095, 59.2427)),
    "window of the district's middle": find(box=(18.07, 59.23, 18.11, 59.25)),
    "window around everything": find(box=(17.5, 59.0, 18.5, 59.5)),
    "window, category, hours": find(box=(18.07, 59.23, 18.11, 59.25), categories=("lighting",), hours=frozenset({22})),
    "search, rare word": find(q="cykelställ"),
    "search, common word": find(q="lyktstolpar"),
    "search, two words": find(q="klotter tunneln"),
    "search, phrase": find(q='"krossat glas"'),
    "search, no such word": find(q="flygplan"),
    "search, part of a rare word": find(q="ställ"),
    "search, part of a common word": find(q="stolpar"),
    "search, three letters of many words": find(q="ing"),
    "search, without marks": find(q="gangvagen"),
    "search, phrase and part without another": find(q='"krossat glas" gård -garage'),
    "search, one or the other": find(q="cykelställ or flygplan"),
    "search, number": find(q="F-1050000"),
    "search with all else": find(q="klotter", start=ago(365), box=(18.07, 59.23, 18.11, 59.25)),
    "counts by organisation": counts(Deviation.organisation_id),
    "counts by visibility": counts(Deviation.visibility),
    "counts by category of a quarter": counts(Deviation.category_id, start=ago(90)),
    "alike": alike,
    "page by number": page_of("nr"),
    "page by id": page_of("id"),
    "page by the client's id": lambda s, m, _: s.scalar(
        select(Deviation).where(
            deviations.visible_to(m), Deviation.registered_by_id == m.organisation_id, Deviation.client_id == uuid4()
        )
    ),
    "note of a restricted list": read_a_restricted_list,
    "rows that an import knows": known_to_an_import,
}


@pytest.fixture
def sent(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Collect the reads that the program sends."""
    statements: list[tuple[str, Any]] = []

    def collect(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH page", "WITH found")) and any(
            table in statement for table in LARGE
        ):
            statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", collect)
    yield statements
    event.remove(engine, "before_cursor_execute", collect)


def scans(plan: Any) -> Iterator[tuple[str, str]]:
    """Yield (table, kind of scan) of a plan's every node."""
    if isinstance(plan, dict):
        if "Relation Name" in plan:
            yield plan["Relation Name"], plan["Node Type"]
        for part in plan.values():
            yield from scans(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from scans(part)


def explained(session: Session, statement: str, parameters: Any) -> Any:
    question = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    return question.scalar_one()


@pytest.mark.parametrize("person", ["officer", "landlord"])
@pytest.mark.parametrize("case", CASES)
def test_no_read_goes_through_a_whole_table(
    session: Session, full: Full, sent: list[tuple[str, Any]], person: str, case: str
) -> None:
    member = full.world.acting(session, person)
    CASES[case](session, member, full)
    through_all = [
        (table, " ".join(statement.split())[:2000])
        for statement, parameters in list(sent)
        for table, kind in scans(explained(session, statement, parameters))
        if kind == "Seq Scan" and table in LARGE
    ]
    assert sent
    assert through_all == []


@pytest.mark.parametrize("case", ["first page", "window of 300 m", "search, common word", "counts by organisation"])
def test_an_audience_and_the_forums_own_work_read_by_index_too(
    session: Session, full: Full, sent: list[tuple[str, Any]], case: str
) -> None:
    member = full.world.acting(session, "officer")
    for principal in (
        rights.Principal(member.account_id, member.id, audience=Audience.FORUM),
        rights.Principal(system=member.forum_id),
    ):
        rights.become(session, principal)
        sent.clear()
        CASES[case](session, member, full)
        found = {scan for statement, given in list(sent) for scan in scans(explained(session, statement, given))}
        assert ("deviations", "Seq Scan") not in found
        assert any(table == "deviations" for table, _ in found)


def test_whole_counts_read_an_index_and_no_row(session: Session, full: Full, sent: list[tuple[str, Any]]) -> None:
    member = full.world.acting(session, "landlord")
    for wanted in (Filter(), Filter(categories=("lighting",)), Filter(start=ago(400)), Filter(hours=frozenset({22}))):
        sent.clear()
        finding.find(session, member, wanted, limit=1)
        counting, parameters = next(statement for statement in sent if "count(" in statement[0])
        assert set(scans(explained(session, counting, parameters))) == {("deviations", "Index Only Scan")}


def test_without_the_leakproof_mark_a_search_would_read_everything(
    superuser: Engine, sessions: sessionmaker[Session], full: Full, sent: list[tuple[str, Any]]
) -> None:
    mark = "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery)"
    with superuser.connect() as connection, sessions() as session:
        connection.execute(text(f"{mark} NOT LEAKPROOF"))
        try:
            member = full.world.acting(session, "landlord")
            CASES["search, rare word"](session, member, full)
            indexes = {
                part for statement, given in list(sent) for part in indexes_of(explained(session, statement, given))
            }
        finally:
            connection.execute(text(f"{mark} LEAKPROOF"))
    assert "deviations_search" not in indexes


def indexes_of(plan: Any) -> Iterator[str]:
    if isinstance(plan, dict):
        if "Index Name" in plan:
            yield plan["Index Name"]
        for part in plan.values():
            yield from indexes_of(part)
    elif isinstance(plan, list):
        for part in plan:
            yield from indexes_of(part)


def test_whether_a_read_was_noted_lately_is_looked_up_among_reads_alone(
    session: Session, full: Full, sent: list[tuple[str, Any]], keeper: journal.Keeper
) -> None:
    keeper.noted.clear()  # an entry among the rows that is minutes old may have been seen and remembered
    CASES["note of a restricted list"](session, full.world.acting(session, "officer"), full)
    looked_up = [given for given in sent if "FROM journal" in given[0]]
    assert [list(indexes_of(explained(session, *given))) for given in looked_up] == [["journal_reads"]]


def test_what_an_import_knows_is_probed_row_by_row_whatever_the_planner_knows_of_the_table(
    superuser: Engine, session: Session, full: Full, sent: list[tuple[str, Any]]
) -> None:
    with superuser.connect() as connection:
        connection.execute(text("DELETE FROM pg_statistic WHERE starelid = 'deviations'::regclass"))
        try:
            known_to_an_import(session, full.world.acting(session, "officer"), full)
            (probe,) = sent
            indexes = list(indexes_of(explained(session, *probe)))
        finally:
            connection.execute(text("ANALYZE deviations"))
    assert "deviations_forum_id_source_source_ref_registered_by_id_key" in indexes


def test_the_tables_are_as_full_as_they_should_be(superuser: Engine, full: Full) -> None:
    with superuser.connect() as connection:
        counted = connection.execute(text("SELECT count(*), count(DISTINCT forum_id) FROM deviations")).one()
    assert tuple(counted) == (ROWS + NEIGHBOURS_ROWS, 2)

"""What the application role reaches, compared with one reviewed list; and the models, compared with the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from geoalchemy2 import Geometry
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from forum.foundation.cluster import PrivateCluster
from forum.foundation.database import make_engine
from forum.tables import ALL

READ, ADD, REMOVE = "SELECT", "INSERT", "DELETE"
TABLES: dict[str, set[str]] = {
    "public.accounts": {READ},
    "public.adoptions": {READ, ADD},
    "public.agenda_items": {READ, ADD},
    "public.agreements": {READ, ADD},
    "public.alembic_version": {READ},
    "public.areas": {READ, ADD},
    "public.attendance": {READ, ADD},
    "public.calendars": {READ, ADD, REMOVE},
    "public.categories": {READ, ADD},
    "public.causes": {READ, ADD},
    "public.changes": {READ},
    "public.contacts": {READ, ADD, REMOVE},
    "public.credentials": {READ, ADD, REMOVE},
    "public.cycles": {READ, ADD},
    "public.decisions": {READ, ADD},
    "public.deviation_history": {READ, ADD},
    "public.deviations": {READ, ADD},
    "public.documents": {READ, ADD},
    "public.follow_ups": {READ, ADD},
    "public.forum_areas": {READ, ADD},
    "public.forums": {READ, ADD},
    "public.ground": {READ, ADD},
    "public.assessment_notes": {READ, ADD},
    "public.assessments": {READ, ADD},
    "public.award_reasons": {READ, ADD},
    "public.awards": {READ, ADD},
    "public.gate_verdicts": {READ, ADD},
    "public.motions": {READ, ADD},
    "public.protocol_lines": {READ, ADD},
    "public.votes": {READ, ADD},
    "public.contents": {READ, ADD},
    "public.editions": {READ, ADD},
    "public.evidence": {READ, ADD, REMOVE},
    "public.nomination_keys": {ADD},
    "public.nomination_letters": {READ, ADD},
    "public.nominations": {READ, ADD, REMOVE},
    "public.nominators": {READ, ADD},
    "public.offices": {READ, ADD},
    "public.packs": {READ, ADD},
    "public.supplements": {READ, ADD},
    "public.ties": {READ, ADD},
    "public.imports": {READ, ADD},
    "public.journal": {READ, ADD},
    "public.journal_heads": {READ, ADD, "UPDATE"},
    "public.letters": {READ, ADD},
    "public.measure_deviations": {READ, ADD},
    "public.measure_links": {READ, ADD},
    "public.effects": {READ, ADD},
    "public.measures": {READ, ADD},
    "public.method_uses": {READ, ADD},
    "public.methods": {READ, ADD},
    "public.meetings": {READ, ADD},
    "public.members": {READ, ADD},
    "public.minutes": {READ, ADD},
    "public.notice_reads": {READ, ADD},
    "public.notices": {READ, ADD},
    "public.organisations": {READ, ADD},
    "public.pictures": {READ, ADD},
    "public.place_links": {READ, ADD},
    "public.places": {READ, ADD},
    "public.plans": {READ, ADD},
    "public.publications": {READ, ADD},
    "public.quarantine": {READ, ADD, REMOVE},
    "public.signatures": {READ, ADD},
    "public.steps": {READ, ADD},
    "public.subscriptions": {READ, ADD},
    "public.surveys": {READ, ADD},
    "public.views": {READ, ADD, REMOVE},
    "public.visits": {READ, ADD, "UPDATE"},
    "public.walk_checks": {READ, ADD},
    "public.walk_people": {READ, ADD},
    "public.walk_points": {READ, ADD},
    "public.walks": {READ, ADD},
    # the queue's worker is the application role too: jobs hold ids and names of jobs, never words
    "jobs.procrastinate_events": {READ, ADD, "UPDATE", REMOVE},
    "jobs.procrastinate_jobs": {READ, ADD, "UPDATE", REMOVE},
    "jobs.procrastinate_periodic_defers": {READ, ADD, "UPDATE", REMOVE},
    "jobs.procrastinate_workers": {READ, ADD, "UPDATE", REMOVE},
    # PostGIS: the list of projections, and which columns are geometries
    "public.geography_columns": {READ},
    "public.geometry_columns": {READ},
    "public.spatial_ref_sys": {READ},
}
UPDATES: dict[str, set[str]] = {
    "accounts": {"language", "name", "shown_to"},
    "agenda_items": {
        "below", "changed_at", "minutes", "note", "place_id", "position", "reasons", "shown_at", "status", "title",
        "version",
    },
    "agreements": {"valid_to"},
    "areas": {"valid_to"},
    "assessment_notes": {"saved_at", "words"},
    "assessments": {"handed_in_at", "marks", "saved_at", "version"},
    "attendance": {"people"},
    "calendars": {"key", "made_at"},
    "categories": {"active", "en", "hours", "position", "radius_m", "sv"},
    "causes": {
        "breaks", "changed_at", "hypothesis", "limits", "offender_side", "place_side", "sources_rejected",
        "sources_used", "target_side", "version", "visibility",
    },
    "contacts": {"email", "set_at"},
    "credentials": {"used_at"},
    "cycles": {"at", "chair_id", "every", "first_day", "location", "minutes", "week", "weekday"},
    "deviations": {
        "accuracy_m", "answers", "category_id", "changed_at", "geom", "occurred_from", "occurred_to", "reply",
        "same_as_id", "status", "text", "version", "visibility",
    },
    "editions": {
        "about", "assess_from", "assess_until", "ceremony_at", "closes_on", "criteria", "name", "opened_at", "opens_on",
        "quorum", "rules_hash", "stopped_at", "stopped_for", "sum_kr", "theme", "winners_most",
    },
    "contents": {"added", "done", "limits", "method", "others", "problem", "records", "results"},
    "nomination_letters": {"changed_at", "status"},
    "nominators": {"confirmed_at", "email", "name"},
    "supplements": {"answer", "answered_at"},
    "nominations": {
        "changed_at", "into_id", "joined", "language", "organisations", "status", "submitted_at", "title", "version",
    },
    "offices": {"called_in_at", "ended_at"},
    "documents": {"changed_at", "content", "status", "word"},
    "forums": {"public_page"},
    "imports": {"changed_at", "content", "counts", "lines", "mapping", "report", "skip_bad", "status", "trial"},
    "journal_heads": {"chain", "mac", "seq", "writes"},
    "letters": {"changed_at", "status"},
    "measure_links": {"delivery", "ended_at", "key"},
    "measures": {
        "balancing", "camera", "catalogue_code", "cause_id", "changed_at", "cost", "done_on", "due_on", "expected_long",
        "expected_short", "handed_to", "nature", "owner_id", "place_id", "reference", "review_on", "seen_by",
        "spent_kr", "spent_on", "status", "title", "version", "visibility",
    },
    "meetings": {
        "arrangement", "begun_at", "chair_id", "changed_at", "current_id", "day", "ended_at", "invited", "location",
        "minutes",
        "picture_id", "sequence", "since", "starts_at", "status", "until", "version",
    },
    "members": {"ended_at", "role"},
    "methods": {"ended_at"},
    "motions": {"casting", "closed_at", "closed_by_id", "outcome"},
    "place_links": {"at", "here", "organisation_id"},
    "places": {"changed_at", "geom", "into_id", "name", "radius_m", "status", "version", "visibility"},
    "subscriptions": {"digest", "notices"},
    "walk_checks": {"outcome"},
    "visits": {"forum_id", "last_at", "member_id", "previous_at"},
}  # fmt: skip
"""The columns of our tables that may be changed; all others are written once."""

FUNCTIONS = {
    "my_account()", "my_member()", "my_system()", "my_audience()", "my_forum()", "my_organisation()", "my_authority()",
    "my_role()", "i_am_operator()", "is_somebody()", "may_lead()", "may_write()", "visibilities()", "audience_sees()",
    "spread_bits(bigint)", "morton_key(double precision,double precision)",
    "answered_measure()", "answering_forum()", "answering_organisation()",
    "my_edition()", "my_nomination()",
    "lettered(text)", "folded(text)", "searchable(text)", "search_word(text)", "search_query(text)",
}  # fmt: skip
"""Our functions that run with the rights of whoever calls them."""
DEFINER = {
    "me()": "who the member is; the policies of `members` themselves ask it",
    "act(uuid,uuid,uuid,boolean,text)": "whoever the transaction acts for, with their forum, organisation and role",
    "enter(text,text,text)": "the one look by which a session or token becomes a member",
    "member_in(text)": "the signed-in person's membership, before it holds",
    "find_credential(text,text)": "the one way to a credential before anybody is signed in",
    "failures_of(text)": "how much a sign-in is slowed",
    "note_failure(text)": "counts a failed sign-in",
    "forget_failures()": "after the account's owner has signed in",
    "is_demo()": "whether everything here is invented",
    "demo_account(text)": "the demo's buttons, in demo forums only",
    "account_of(text,text)": "the account of an address, for administrators and the operator",
    "account_is_fresh(uuid)": "whether an administrator may be shown a link",
    "answer_by(text)": "the one measure that a mailed link opens, before anybody is signed in",
    "calendar_of(text)": "the one member whose calendar a secret address is, before anybody is signed in",
    "serve_edition(uuid)": "an edition's own work: letters and seals, with no rights in any forum",
    "nominate_by(text)": "the one nomination that a secret address opens, before anybody is signed in",
    "start_nomination(text,text,text)": "a draft of somebody without an account",
    "next_nomination(uuid)": "a number that no nomination has, also none that the asker does not see",
    "office_in(uuid)": "one's own office in an edition; the policies of `offices` themselves ask it",
    "holds(uuid,text[])": "whether one holds one of these offices",
    "ruling_on(uuid,uuid)": "the ruling that holds on a tie; the policies of `ties` themselves ask it",
    "opens_to_me(uuid)": "whether a nomination opens to somebody in its jury; all its tables ask it",
    "i_nominated(uuid)": "whether one wrote a nomination; all its tables ask it",
    "i_write(uuid)": "whether one still writes on a nomination of one's own",
    "nominated_before(uuid)": "whether the same sender sent in the same effort, also under another address",
    "end_drafts(text)": "lets the letter's address alone open a nomination",
    "end_letters(uuid)": "lets no letter confirm what was changed after it, by whoever writes the nomination",
    "hold_edition(uuid)": "lets one at a time decide in an edition; tells nothing",
    "same_person(uuid)": "the offices of one holder, so that ties go with the person; the policies of `ties` ask it",
    "my_offices(uuid)": "one's own offices in an edition; the policies of `ties`, `votes` and `assessments` ask it",
    "i_voted(uuid)": "whether one has voted on a motion; the policies of `votes` themselves ask it",
    "i_sent_in(uuid)": "whether one sent in a nomination, so that one is tied to it",
    "untold_outcomes()": "who nominated and has not been told how it went, in every edition; ids alone",
    "prepares(uuid)": "whether one prepares the basis of a nomination, which may follow from the secretary's tie",
    "voting(uuid)": "whether a vote is open, also on what is closed to one",
    "forget_nominators()": "takes away who nominated, drafts that were not sent in, old letters, in every edition",
    "edition_of(uuid)": "the edition of a nomination",
    "announced(uuid)": "whether a winner is known to everybody",
    "assessed(uuid)": "whether the assessing is over; the policies of `assessments` ask it",
    "i_handed_in(uuid)": "whether one's own assessment was handed in; the policies of `assessments` themselves ask it",
    "in_the_running(uuid)": "the nominations that can get the prize, for the functions below",
    "stands_free(uuid,uuid,uuid)": "whether an office may vote on a motion; `motions` and `votes` ask it",
    "presiding(uuid,uuid)": "the office that leads a decision",
    "voters(uuid,uuid)": "how many may vote on a motion",
    "chair_is_tied(uuid)": "whether the deputy calls in substitutes",
    "awards_standing(uuid)": "whether there is a prize left to award",
    "settle_quorum(uuid,text,text)": "stops an edition whose ties leave too few, whoever declared one",
    "juror_link(uuid,uuid,text,timestamp with time zone)": "the link with which somebody in a jury chooses a password",
    "my_editions()": "the editions in whose journal one may write",
    "appointed_account(uuid,text,text)": "the account of an address, for the chair and the deputy",
    "forget_letters()": "takes away old letters and links, in every forum",
    "forget_imports()": "takes away old files and reports, in every forum",
    "forget_documents()": "takes away the documents of yesterday, in every forum",
    "published(text,integer)": "what anybody may read of a forum whose page is open",
    "unused_numbers(integer)": "numbers that no row has, also none that the reader does not see",
    "scrub_history(uuid)": "takes the words out of a withdrawn row's history",
}
"""Our functions that run with the owner's rights, and why each must."""
INSIDE = {
    "failures_key(text)",
    "guard_handed_in()",
    "guard_motion()",
    "guard_rules()",
    "guard_visibility()",
    "leaderless(uuid,uuid)",
    "mark_shown_link()",
    "note_changes()",
    "part_again()",
    "set_aside()",
    "stamp_change()",
}
"""Our functions that only triggers and the ones above call."""
SEQUENCES = {f"jobs.procrastinate_{name}_id_seq" for name in ("events", "jobs", "periodic_defers", "workers")}
SCHEMAS = {"public", "jobs", "information_schema", "pg_catalog"}
WITHOUT_ROW_RIGHTS = {"alembic_version": "the tables' version", "spatial_ref_sys": "PostGIS' list of projections"}

OURS = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = {oid} AND d.deptype = 'e')"
APP = "trygg_app"
DIALECT = make_url("postgresql://").get_dialect()()
KINDS = "'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'"
TABLE = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"


@pytest.fixture(scope="module")
def database() -> str:
    """Return the program's own database, whose grants a copy would not carry."""
    return "trygg"


@pytest.fixture
def admin(superuser: Engine) -> Iterator[Connection]:
    with superuser.connect() as connection:
        yield connection


@pytest.fixture
def app(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def found(connection: Connection, question: str) -> set[Any]:
    return set(connection.scalars(text(question)))


def test_the_application_role_reaches_these_tables_and_no_others(admin: Connection) -> None:
    reached = text(
        "SELECT n.nspname || '.' || c.relname, k.kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"CROSS JOIN unnest(ARRAY[{KINDS}]) k(kind) WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' "
        f"AND has_table_privilege('{APP}', c.oid, k.kind)"
    )
    tables: dict[str, set[str]] = {}
    for name, kind in admin.execute(reached):
        tables.setdefault(name, set()).add(kind)
    assert tables == TABLES


def test_it_changes_these_columns_and_no_others(admin: Connection) -> None:
    granted = text(
        "SELECT table_name, column_name FROM information_schema.column_privileges "
        f"WHERE grantee IN ('{APP}', 'PUBLIC') AND privilege_type = 'UPDATE' AND table_schema = 'public'"
    )
    columns: dict[str, set[str]] = {}
    for table, column in admin.execute(granted):
        columns.setdefault(table, set()).add(column)
    assert columns == UPDATES


def test_it_calls_these_functions_of_ours_and_no_others(admin: Connection) -> None:
    ours = f"FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND {OURS.format(oid='p.oid')}"
    mine = f"SELECT p.oid::regprocedure::text {ours} AND has_function_privilege('{APP}', p.oid, 'EXECUTE')"
    callable_ = found(admin, mine)
    assert callable_ == FUNCTIONS | set(DEFINER)
    assert found(admin, f"SELECT p.oid::regprocedure::text {ours}") == callable_ | INSIDE
    anybody = f"SELECT p.oid::regprocedure::text {ours} AND has_function_privilege('public', p.oid, 'EXECUTE')"
    assert found(admin, anybody) == set()
    jobs = "FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace"
    assert found(admin, f"SELECT DISTINCT p.prosecdef {jobs}") == {False}
    assert (
        found(admin, f"SELECT p.oid::regprocedure {jobs} AND has_function_privilege('public', p.oid, 'EXECUTE')")
        == set()
    )


def test_functions_with_the_owners_rights_are_reviewed_and_look_only_where_they_should(admin: Connection) -> None:
    definer = "FROM pg_proc p WHERE p.prosecdef"
    reachable = f"{definer} AND has_function_privilege('{APP}', p.oid, 'EXECUTE')"
    assert found(admin, f"SELECT p.oid::regprocedure::text {reachable}") == set(DEFINER)
    paths = f"SELECT p.proconfig::text {definer} AND {OURS.format(oid='p.oid')}"
    assert found(admin, paths) == {'{"search_path=public, pg_temp"}'}
    owners = f"SELECT pg_get_userbyid(p.proowner) {definer} AND {OURS.format(oid='p.oid')}"
    assert found(admin, owners) == {"trygg_owner"}


def test_postgis_tells_nobody_where_hidden_rows_lie(admin: Connection, app: Connection) -> None:
    admin.execute(text("ANALYZE deviations"))
    for question in (
        "ST_EstimatedExtent('deviations', 'geom')",
        "ST_EstimatedExtent('public', 'deviations', 'geom')",
        "_postgis_stats('deviations', 'geom')",
        "_postgis_selectivity('deviations', 'geom', ST_MakeEnvelope(0, 0, 90, 90, 4326))",
        "_postgis_index_extent('deviations', 'geom')",
    ):
        with pytest.raises(DBAPIError, match="permission denied for function"):
            app.execute(text(f"SELECT {question}"))
        app.rollback()


def test_it_draws_from_these_sequences_and_enters_these_schemas(admin: Connection) -> None:
    drawn = (
        "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE CASE c.relkind WHEN 'S' THEN has_sequence_privilege('{APP}', c.oid, 'USAGE, SELECT, UPDATE') END"
    )
    assert found(admin, drawn) == SEQUENCES
    entered = f"SELECT nspname FROM pg_namespace WHERE has_schema_privilege('{APP}', oid, 'USAGE')"
    assert found(admin, entered) == SCHEMAS
    made_in = f"SELECT nspname FROM pg_namespace WHERE has_schema_privilege('{APP}', oid, 'CREATE')"
    assert found(admin, made_in) == set()
    kinds = "unnest(ARRAY['CREATE', 'TEMP', 'CONNECT']) k"
    databases = f"SELECT k FROM {kinds} WHERE has_database_privilege('{APP}', 'trygg', k)"
    assert found(admin, databases) == {"CONNECT"}


def test_every_table_has_row_rights(admin: Connection) -> None:
    assert found(admin, f"{TABLE} AND NOT relrowsecurity") == set(WITHOUT_ROW_RIGHTS)
    roles = "SELECT DISTINCT array_to_string(roles, ',') FROM pg_policies"
    assert found(admin, roles) == {APP}


def test_the_application_role_is_plain_and_a_member_of_nothing(admin: Connection) -> None:
    role = text(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolinherit FROM pg_roles "
        f"WHERE rolname = '{APP}'"
    )
    assert tuple(admin.execute(role).one()) == (False,) * 6
    assert found(admin, f"SELECT roleid FROM pg_auth_members WHERE member = '{APP}'::regrole") == set()
    owned = (
        f"SELECT classid::regclass || ' ' || objid FROM pg_shdepend WHERE refobjid = '{APP}'::regrole AND deptype = 'o'"
    )
    assert found(admin, owned) == set()


@pytest.mark.parametrize(
    "attempt",
    [
        "SET ROLE trygg_owner",
        "SET ROLE trygg_super",
        "SET SESSION AUTHORIZATION trygg_owner",
        "CREATE TABLE hers (id integer)",
        "CREATE TEMPORARY TABLE hers (id integer)",
        "CREATE SCHEMA hers",
        "CREATE VIEW hers AS SELECT 1",
        "CREATE FUNCTION hers() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE deviations DISABLE ROW LEVEL SECURITY",
        "DROP POLICY deviations_read ON deviations",
        "CREATE POLICY hers ON deviations USING (true)",
        "ALTER TABLE deviations DISABLE TRIGGER deviations_guard_visibility",
        "SET session_replication_role = replica",
        "SET row_security = off; SELECT count(*) FROM deviations",
        "TRUNCATE deviations",
        "DELETE FROM deviations",
        "DELETE FROM journal",
        "UPDATE journal SET facts = '{}'",
        "UPDATE deviation_history SET changes = '{}'",
        "UPDATE members SET organisation_id = gen_random_uuid()",
        "UPDATE organisations SET authority = true",
        "INSERT INTO changes (forum_id, visibility) VALUES (gen_random_uuid(), 'forum')",
        "ALTER TABLE deviations DISABLE TRIGGER deviations_added",
        "UPDATE deviations SET organisation_id = gen_random_uuid()",
        "SELECT * FROM failures",
        "SELECT failures_key('a@b.se')",
        "GRANT trygg_owner TO trygg_app",
        "COPY deviations TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
    ],
)
def test_it_cannot_rise_above_itself(app: Connection, attempt: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must (be|have)|would be affected by row"):
        app.execute(text(attempt))


def test_every_view_asks_with_the_readers_rights_and_nothing_is_kept_apart_from_its_policies(admin: Connection) -> None:
    views = (
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') "
    )
    loose = "AND c.relkind = 'v' AND NOT 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}'))"
    assert found(admin, f"{views} {loose} AND {OURS.format(oid='c.oid')}") == set()
    assert found(admin, f"{views} AND c.relkind IN ('m', 'f')") == set()
    rules = "SELECT rulename FROM pg_rules WHERE schemaname IN ('public', 'jobs') AND tablename <> 'geometry_columns'"
    assert found(admin, rules) == set()


def test_the_models_are_as_the_tables_are(superuser: Engine) -> None:
    tables = inspect(superuser)
    for name, table in ALL.items():
        columns = {column["name"]: column for column in tables.get_columns(name)}
        assert [c.name for c in table.columns] == list(columns), name
        for column in table.columns:
            there = columns[column.name]
            assert column.nullable == there["nullable"], f"{name}.{column.name}"
            assert kind(column.type) == kind(there["type"]), f"{name}.{column.name}"
            assert (column.computed is None) == ("computed" not in there), f"{name}.{column.name}"
        assert {c.name for c in table.primary_key} == set(tables.get_pk_constraint(name)["constrained_columns"]), name


def kind(column_type: Any) -> str:
    if isinstance(column_type, Geometry):
        return f"geometry({column_type.geometry_type},{column_type.srid})".lower()
    return str(column_type.compile(DIALECT)).lower().replace("varchar", "text").replace("float", "double precision")


def test_every_table_without_a_model_is_reviewed(superuser: Engine) -> None:
    without = set(inspect(superuser).get_table_names()) - set(ALL)
    assert without == {
        "alembic_version", "changes", "failures", "journal", "journal_heads", "spatial_ref_sys", "visits",
    }  # fmt: skip


def test_the_program_itself_runs_as_the_application_role(cluster: PrivateCluster) -> None:
    engine = make_engine(cluster.app_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user || ' ' || session_user")) == f"{APP} {APP}"
        assert connection.scalar(text("SHOW statement_timeout")) == "30s"
    engine.dispose()
    owner = create_engine(cluster.owner_url)
    with owner.connect() as connection:
        assert (
            connection.scalar(text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"))
            is False
        )
    owner.dispose()

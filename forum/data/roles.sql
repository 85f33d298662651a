-- What the administrator of the database does before the migrations: roles, extensions, schemas.
-- Run as a superuser inside the database `trygg`, by the private cluster at every start and by
-- docker-compose.yml at the first; running it again changes nothing. Who proves to be which role
-- (peer, password) is decided outside this file.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trygg_owner') THEN
        CREATE ROLE trygg_owner;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trygg_app') THEN
        CREATE ROLE trygg_app;
    END IF;
END
$$;

-- owns the tables and runs the migrations
ALTER ROLE trygg_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE trygg_owner SET search_path = public, jobs;

-- what every request, page and job runs as; it is a member of nothing and owns nothing
ALTER ROLE trygg_app LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
ALTER ROLE trygg_app SET search_path = public, jobs;
ALTER ROLE trygg_app SET statement_timeout = '30s';
ALTER ROLE trygg_app SET idle_in_transaction_session_timeout = '60s';
-- on solid-state disks a jump costs little; with the default, counts read whole tables instead of an index
ALTER ROLE trygg_app SET random_page_cost = 1.1;

ALTER DATABASE trygg OWNER TO trygg_owner;
ALTER DATABASE trygg SET timezone = 'UTC';
REVOKE ALL ON DATABASE trygg FROM PUBLIC;
GRANT CONNECT ON DATABASE trygg TO trygg_app;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- PostGIS tells anybody the extent and spread of all rows of a table, from the planner's statistics and the index
DO $$
DECLARE teller regprocedure;
BEGIN
    FOR teller IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname IN (
        'st_estimatedextent', '_postgis_stats', '_postgis_selectivity', '_postgis_join_selectivity', '_postgis_index_extent'
    ) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', teller);
    END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO trygg_owner;
CREATE SCHEMA IF NOT EXISTS jobs AUTHORIZATION trygg_owner;

-- lets row-level security use the full-text index: docs/decisions/0002-full-text-match-is-leakproof.md
ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF;

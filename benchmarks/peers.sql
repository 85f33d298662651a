-- What the peers stand on, in a schema of their own: the application role asks, so that the same row policies hold.
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO trygg_app;
-- tipg keeps its functions in pg_temp
DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO trygg_app', current_database()); END $$;

-- What tipg shows: the columns that our own answer is made of; ids as text, because its filters cannot compare a uuid.
CREATE VIEW bench.deviations WITH (security_invoker = true) AS
SELECT id::text AS id, nr, category_id::text AS category_id, organisation_id::text AS organisation_id,
    registered_by_id::text AS registered_by_id, accuracy_m, occurred_from, occurred_to, text, answers, reply, visibility,
    status, source, source_ref, version, created_at, changed_at, geom
FROM public.deviations;
GRANT SELECT ON bench.deviations TO trygg_app;

-- Counts per cell as PostGIS' own means give them: squares of the web mercator plane, the symbol at the members' mean.
CREATE FUNCTION bench.cells(level integer, west float8, south float8, east float8, north float8)
RETURNS TABLE (geom geometry(Point, 4326), count integer) LANGUAGE sql STABLE PARALLEL SAFE AS
$$
    WITH side AS (SELECT 40075016.685578488 / (1 << level) AS m),
         chosen AS (SELECT d.geom, ST_Transform(d.geom, 3857) AS plane FROM public.deviations d
                    WHERE d.status IN ('new', 'looked_at', 'at_place', 'answered')
                      AND d.geom && ST_MakeEnvelope(west, south, east, north, 4326))
    SELECT ST_SetSRID(ST_MakePoint(avg(ST_X(chosen.geom)), avg(ST_Y(chosen.geom))), 4326), count(*)::integer
    FROM chosen, side
    GROUP BY ST_SnapToGrid(chosen.plane, m / 2 - 20037508.342789244, m / 2 - 20037508.342789244, m, m)
$$;
GRANT EXECUTE ON FUNCTION bench.cells TO trygg_app;

-- Where the plain path of FastAPI and the ORM writes: no rights, no history, no journal.
CREATE TABLE bench.plain (
    id uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    category text NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    accuracy_m double precision NOT NULL,
    occurred_from timestamptz NOT NULL,
    occurred_to timestamptz,
    text text NOT NULL,
    visibility text NOT NULL,
    answers jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX plain_newest ON bench.plain (occurred_from DESC, id DESC);
CREATE INDEX plain_geom ON bench.plain USING gist (geom);
GRANT SELECT, INSERT ON bench.plain TO trygg_app;

-- What is noticed: categories, deviations and their history; and the journal.

CREATE TABLE categories (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    code text NOT NULL,
    parent_id uuid,
    letter text NOT NULL,
    shape text NOT NULL,
    fill text NOT NULL,
    ink text NOT NULL,
    sv text NOT NULL,
    en text NOT NULL,
    radius_m integer NOT NULL,
    hours integer NOT NULL,
    questions jsonb NOT NULL DEFAULT '[]',
    position integer NOT NULL,
    active boolean NOT NULL DEFAULT true,
    UNIQUE (forum_id, code),
    UNIQUE (forum_id, id),
    FOREIGN KEY (forum_id, parent_id) REFERENCES categories (forum_id, id)
);

-- The Morton key: the point's cell in a 2^31 x 2^31 web mercator grid, bits interleaved, x in the even places. Every
-- z/x/y tile is one contiguous range of it (Morton 1966).
CREATE FUNCTION spread_bits(v bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$
BEGIN
    v := (v | (v << 16)) & x'0000FFFF0000FFFF'::bigint;
    v := (v | (v << 8)) & x'00FF00FF00FF00FF'::bigint;
    v := (v | (v << 4)) & x'0F0F0F0F0F0F0F0F'::bigint;
    v := (v | (v << 2)) & x'3333333333333333'::bigint;
    RETURN (v | (v << 1)) & x'5555555555555555'::bigint;
END
$$;

CREATE FUNCTION morton_key(lon double precision, lat double precision) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$
DECLARE
    side constant double precision := 2147483648;
    s double precision := sind(lat);
    x bigint := greatest(0, least(2147483647, floor((lon / 360 + 0.5) * side)));
    y bigint := greatest(0, least(2147483647, floor((0.5 - ln((1 + s) / (1 - s)) / (4 * pi())) * side)));
BEGIN
    RETURN public.spread_bits(x) | (public.spread_bits(y) << 1);
END
$$;

CREATE TABLE deviations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    nr integer NOT NULL,
    organisation_id uuid NOT NULL,
    registered_by_id uuid NOT NULL,
    client_id uuid NOT NULL,
    request_digest bytea NOT NULL,
    category_id uuid NOT NULL,
    geom geometry(Point, 4326) NOT NULL,
    morton bigint NOT NULL GENERATED ALWAYS AS (morton_key(ST_X(geom), ST_Y(geom))) STORED,
    accuracy_m double precision NOT NULL CHECK (accuracy_m > 0),
    occurred_from timestamptz NOT NULL,
    occurred_to timestamptz NOT NULL CHECK (occurred_to >= occurred_from),
    text text NOT NULL DEFAULT '',
    answers jsonb NOT NULL DEFAULT '{}',
    reply text NOT NULL DEFAULT '',
    visibility text NOT NULL CHECK (visibility IN ('own', 'authorities', 'forum', 'public')),
    status text NOT NULL DEFAULT 'new'
        CHECK (status IN ('new', 'looked_at', 'at_place', 'answered', 'withdrawn', 'same_as')),
    same_as_id uuid,
    source text,
    source_ref text,
    version integer NOT NULL DEFAULT 1,
    salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()),
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('swedish', text)) STORED,
    UNIQUE (forum_id, nr),
    UNIQUE (forum_id, id),
    UNIQUE (forum_id, registered_by_id, client_id),
    UNIQUE (forum_id, source, source_ref, registered_by_id),
    CHECK ((source IS NULL) = (source_ref IS NULL)),
    CHECK ((status = 'same_as') = (same_as_id IS NOT NULL)),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, registered_by_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, category_id) REFERENCES categories (forum_id, id),
    FOREIGN KEY (forum_id, same_as_id) REFERENCES deviations (forum_id, id)
);
-- Counts read these two alone and no row: each holds what filters and row rights ask of a row.
CREATE INDEX deviations_newest ON deviations (forum_id, occurred_from DESC, id DESC)
    INCLUDE (status, visibility, organisation_id, category_id, occurred_to);
CREATE INDEX deviations_morton ON deviations (forum_id, morton) INCLUDE (geom, status, visibility, organisation_id);
-- lets the planner know how much of the forum a map window holds
CREATE STATISTICS deviations_position ON (ST_X(geom)), (ST_Y(geom)) FROM deviations;
CREATE INDEX deviations_created ON deviations (forum_id, created_at);
CREATE INDEX deviations_same_as ON deviations (forum_id, same_as_id) WHERE same_as_id IS NOT NULL;
CREATE INDEX deviations_search ON deviations USING gin (search);

CREATE TABLE deviation_history (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL,
    deviation_id uuid NOT NULL,
    version integer NOT NULL,
    action text NOT NULL,
    organisation_id uuid,
    visibility text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    changes jsonb NOT NULL DEFAULT '{}',
    UNIQUE (deviation_id, version),
    FOREIGN KEY (forum_id, deviation_id) REFERENCES deviations (forum_id, id) ON DELETE CASCADE
);

-- Rows of an import that screening stopped; they are not in the register and only wait to be seen to.
CREATE TABLE quarantine (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    source text NOT NULL,
    source_ref text NOT NULL,
    row jsonb NOT NULL,
    passages jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, source, source_ref, organisation_id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);

-- The journal: append-only, one HMAC chain for each forum (chain = the forum's id) and one for the installation.
CREATE TABLE journal (
    chain text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    member_id uuid,
    action text NOT NULL,
    thing_kind text NOT NULL,
    thing_id uuid,
    facts jsonb NOT NULL,
    digest bytea,
    mac bytea NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX journal_thing ON journal (chain, thing_id, seq DESC);
CREATE INDEX journal_reads ON journal (chain, member_id, action, at) WHERE action LIKE 'read:%';

CREATE TABLE journal_heads (
    chain text PRIMARY KEY,
    seq bigint NOT NULL DEFAULT 0,
    mac bytea NOT NULL
);

-- Rights -----------------------------------------------------------------------------------------------------------------

CREATE FUNCTION may_write() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(my_role(), '') IN ('reporter', 'coordinator', 'administrator', 'system') $$;

CREATE FUNCTION visibilities() RETURNS text[] LANGUAGE sql STABLE AS
$$
    SELECT CASE my_role()
        WHEN 'system' THEN ARRAY['own', 'authorities', 'forum', 'public']
        ELSE CASE WHEN my_authority() THEN ARRAY['authorities', 'forum', 'public'] ELSE ARRAY['forum', 'public'] END
    END
$$;

CREATE FUNCTION audience_sees() RETURNS text[] LANGUAGE sql STABLE AS
$$
    SELECT CASE
        WHEN my_audience() IS NULL THEN ARRAY['own', 'authorities', 'forum', 'public']
        WHEN my_audience() = 'authorities' THEN ARRAY['authorities', 'forum', 'public']
        WHEN my_audience() IN ('forum', 'public') THEN ARRAY['forum', 'public']
    END
$$;

ALTER TABLE categories ENABLE ROW LEVEL SECURITY;
CREATE POLICY categories_read ON categories FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) OR (SELECT i_am_operator()));
CREATE POLICY categories_create ON categories FOR INSERT TO trygg_app WITH CHECK (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator')
);
CREATE POLICY categories_change ON categories FOR UPDATE TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator');
GRANT SELECT, INSERT ON categories TO trygg_app;
GRANT UPDATE (sv, en, radius_m, hours, position, active) ON categories TO trygg_app;

ALTER TABLE deviations ENABLE ROW LEVEL SECURITY;
CREATE POLICY deviations_read ON deviations FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND (visibility = ANY ((SELECT visibilities())::text[])
         OR (visibility = 'own' AND organisation_id = (SELECT my_organisation())))
);
CREATE POLICY deviations_audience ON deviations AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY deviations_create ON deviations FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write())
    AND (registered_by_id = (SELECT my_organisation()) OR (SELECT my_role()) = 'system')
    AND (visibility = ANY ((SELECT visibilities())::text[])
         OR (visibility = 'own' AND organisation_id = (SELECT my_organisation())))
);
-- An UPDATE without a condition reads nothing, so that deviations_read alone would let it change hidden rows.
CREATE POLICY deviations_change ON deviations FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_write())
    AND (visibility = ANY ((SELECT visibilities())::text[])
         OR (visibility = 'own' AND organisation_id = (SELECT my_organisation())))
);
GRANT SELECT, INSERT ON deviations TO trygg_app;
GRANT UPDATE (category_id, geom, accuracy_m, occurred_from, occurred_to, text, answers, reply, visibility, status,
              same_as_id, version, changed_at) ON deviations TO trygg_app;

-- Whoever may change a row may still not widen who sees it: that is the reporter's organisation's decision alone.
CREATE FUNCTION guard_visibility() RETURNS trigger LANGUAGE plpgsql AS
$$
DECLARE widths constant text[] := ARRAY['own', 'authorities', 'forum', 'public'];
BEGIN
    IF array_position(widths, NEW.visibility) > array_position(widths, OLD.visibility)
       AND OLD.organisation_id IS DISTINCT FROM my_organisation() THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the reporter''s organisation widens who may see a deviation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER deviations_guard_visibility BEFORE UPDATE OF visibility ON deviations
    FOR EACH ROW EXECUTE FUNCTION guard_visibility();

-- Numbers are opaque: a sequence would tell how many rows a reader does not see. Unused ones, also of hidden rows.
CREATE FUNCTION unused_numbers(how_many integer) RETURNS SETOF integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n FROM (
        SELECT DISTINCT 1000000 + floor(random() * 9000000)::integer AS n
        FROM generate_series(1, how_many + how_many / 2 + 20)
    ) drawn
    WHERE (SELECT may_write()) AND NOT EXISTS (SELECT FROM deviations d WHERE d.forum_id = (SELECT my_forum()) AND d.nr = drawn.n)
    ORDER BY random() LIMIT how_many
$$;

ALTER TABLE deviation_history ENABLE ROW LEVEL SECURITY;
-- A version is seen by those who may see the row now and might see it then: widening a row later does not open its past.
CREATE POLICY history_read ON deviation_history FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id
                AND (deviation_history.visibility = ANY ((SELECT visibilities())::text[])
                     OR d.organisation_id = (SELECT my_organisation())))
);
CREATE POLICY history_audience ON deviation_history AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY history_append ON deviation_history FOR INSERT TO trygg_app
    WITH CHECK (forum_id = (SELECT my_forum()) AND (SELECT may_write()));
GRANT SELECT, INSERT ON deviation_history TO trygg_app;

-- A withdrawal keeps a tombstone: the words go, in the row and in its history; that it was there stays.
CREATE FUNCTION scrub_history(wanted uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    UPDATE deviation_history h SET changes = '{}'
    FROM deviations d
    WHERE h.deviation_id = wanted AND d.id = wanted AND d.forum_id = my_forum() AND d.status = 'withdrawn' AND may_write()
$$;

ALTER TABLE quarantine ENABLE ROW LEVEL SECURITY;
CREATE POLICY quarantine_see_to ON quarantine TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_write())
    AND ((SELECT my_role()) IN ('coordinator', 'system') OR organisation_id = (SELECT my_organisation()))
);
GRANT SELECT, INSERT, DELETE ON quarantine TO trygg_app;

-- Entries tell of rows that not every member sees: the verifier (the forum's own work) reads all, a member what they did.
-- Nobody writes in another's name.
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
CREATE POLICY journal_read ON journal FOR SELECT TO trygg_app USING (
    (chain = (SELECT my_forum())::text AND ((SELECT my_role()) = 'system' OR member_id = (SELECT my_member())))
    OR ((SELECT i_am_operator()) AND chain = 'installation')
);
CREATE POLICY journal_append ON journal FOR INSERT TO trygg_app WITH CHECK (
    (chain = (SELECT my_forum())::text AND member_id IS NOT DISTINCT FROM (SELECT my_member()))
    OR ((SELECT i_am_operator()) AND chain = 'installation')
);
GRANT SELECT, INSERT ON journal TO trygg_app;

ALTER TABLE journal_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY journal_heads_own ON journal_heads TO trygg_app USING (
    chain = (SELECT my_forum())::text OR ((SELECT i_am_operator()) AND chain = 'installation')
);
GRANT SELECT, INSERT, UPDATE ON journal_heads TO trygg_app;

GRANT EXECUTE ON FUNCTION spread_bits, morton_key, may_write, visibilities, audience_sees, unused_numbers, scrub_history TO trygg_app;

-- Places: a named geometry that gathers deviations and carries measures; and the steps of the work, appended only.

-- Who leads the forum's work.
CREATE FUNCTION may_lead() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(my_role(), '') IN ('coordinator', 'administrator', 'system') $$;

CREATE TABLE places (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    nr integer NOT NULL,
    name text NOT NULL CHECK (btrim(name) <> ''),
    geom geometry(Geometry, 4326) NOT NULL,
    radius_m double precision NOT NULL CHECK (radius_m >= 0),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed', 'merged', 'split')),
    origin_id uuid,
    into_id uuid,
    organisation_id uuid NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('authorities', 'forum', 'public')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, nr),
    UNIQUE (forum_id, id),
    CHECK ((status = 'merged') = (into_id IS NOT NULL)),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, origin_id) REFERENCES places (forum_id, id),
    FOREIGN KEY (forum_id, into_id) REFERENCES places (forum_id, id)
);

-- What lies inside a place belongs to it; here stands what a hand has added (here) or taken away (not here).
CREATE TABLE place_links (
    forum_id uuid NOT NULL,
    place_id uuid NOT NULL,
    deviation_id uuid NOT NULL,
    here boolean NOT NULL,
    organisation_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (place_id, deviation_id),
    FOREIGN KEY (forum_id, place_id) REFERENCES places (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, deviation_id) REFERENCES deviations (forum_id, id) ON DELETE CASCADE
);
CREATE INDEX place_links_deviation ON place_links (deviation_id);

CREATE TABLE steps (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    thing_kind text NOT NULL CHECK (thing_kind IN ('place', 'cause', 'measure', 'meeting')),
    thing_id uuid NOT NULL,
    version integer NOT NULL,
    action text NOT NULL,
    reason text NOT NULL DEFAULT '',
    organisation_id uuid,
    visibility text NOT NULL CHECK (visibility IN ('authorities', 'forum', 'public')),
    at timestamptz NOT NULL DEFAULT now(),
    changes jsonb NOT NULL DEFAULT '{}',
    UNIQUE (thing_id, version)
);

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE places ENABLE ROW LEVEL SECURITY;
CREATE POLICY places_read ON places FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND visibility = ANY ((SELECT visibilities())::text[]));
CREATE POLICY places_audience ON places AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY places_create ON places FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND visibility = ANY ((SELECT visibilities())::text[])
);
CREATE POLICY places_change ON places FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND visibility = ANY ((SELECT visibilities())::text[])
);
GRANT SELECT, INSERT ON places TO trygg_app;
GRANT UPDATE (name, geom, radius_m, visibility, status, into_id, version, changed_at) ON places TO trygg_app;

-- Which deviation was put where tells of both: only who sees both sees the link.
ALTER TABLE place_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY place_links_read ON place_links FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND EXISTS (SELECT FROM places p WHERE p.id = place_id) AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id)
);
CREATE POLICY place_links_create ON place_links FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead())
    AND EXISTS (SELECT FROM places p WHERE p.id = place_id) AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id)
);
CREATE POLICY place_links_change ON place_links FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead())
    AND EXISTS (SELECT FROM places p WHERE p.id = place_id) AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id)
);
GRANT SELECT, INSERT ON place_links TO trygg_app;
GRANT UPDATE (here, organisation_id, at) ON place_links TO trygg_app;

ALTER TABLE steps ENABLE ROW LEVEL SECURITY;
CREATE POLICY steps_read ON steps FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND visibility = ANY ((SELECT visibilities())::text[]));
CREATE POLICY steps_audience ON steps AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY steps_append ON steps FOR INSERT TO trygg_app
    WITH CHECK (forum_id = (SELECT my_forum()) AND (SELECT may_write()));
GRANT SELECT, INSERT ON steps TO trygg_app;

GRANT EXECUTE ON FUNCTION may_lead TO trygg_app;

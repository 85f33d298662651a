-- Safety walks: when and where, how many of each organisation, what was noted in which order. Who walked stands nowhere.

CREATE TABLE walks (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    name text NOT NULL CHECK (btrim(name) <> ''),
    starts_at timestamptz NOT NULL,
    route geometry(LineString, 4326),
    follows_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, follows_id) REFERENCES walks (forum_id, id)
);
CREATE INDEX walks_started ON walks (forum_id, starts_at DESC);

CREATE TABLE walk_people (
    forum_id uuid NOT NULL,
    walk_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    people integer NOT NULL CHECK (people BETWEEN 1 AND 99),
    PRIMARY KEY (walk_id, organisation_id),
    FOREIGN KEY (forum_id, walk_id) REFERENCES walks (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);

-- What was noted is a deviation like any other; a point says where on the walk it was, and who sees to it.
CREATE TABLE walk_points (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL,
    walk_id uuid NOT NULL,
    position integer NOT NULL CHECK (position BETWEEN 1 AND 200),
    deviation_id uuid NOT NULL UNIQUE,
    owner_id uuid NOT NULL,
    photo bytea,
    pictured boolean NOT NULL GENERATED ALWAYS AS (photo IS NOT NULL) STORED,
    UNIQUE (forum_id, id),
    UNIQUE (walk_id, position),
    FOREIGN KEY (forum_id, walk_id) REFERENCES walks (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, deviation_id) REFERENCES deviations (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, owner_id) REFERENCES organisations (forum_id, id)
);

CREATE TABLE walk_checks (
    forum_id uuid NOT NULL,
    walk_id uuid NOT NULL,
    point_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('fixed', 'better', 'same', 'worse')),
    PRIMARY KEY (walk_id, point_id),
    FOREIGN KEY (forum_id, walk_id) REFERENCES walks (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, point_id) REFERENCES walk_points (forum_id, id) ON DELETE CASCADE
);

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE walks ENABLE ROW LEVEL SECURITY;
ALTER TABLE walk_people ENABLE ROW LEVEL SECURITY;
ALTER TABLE walk_points ENABLE ROW LEVEL SECURITY;
ALTER TABLE walk_checks ENABLE ROW LEVEL SECURITY;

CREATE POLICY walks_read ON walks FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY walks_make ON walks FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND organisation_id = (SELECT my_organisation())
);
GRANT SELECT, INSERT ON walks TO trygg_app;

CREATE POLICY walk_people_read ON walk_people FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY walk_people_note ON walk_people FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND EXISTS (
        SELECT FROM walks w WHERE w.id = walk_id
        AND ((SELECT may_lead()) OR w.organisation_id = (SELECT my_organisation())))
);
GRANT SELECT, INSERT ON walk_people TO trygg_app;

-- a point tells of its deviation: only who sees that sees it
CREATE POLICY walk_points_read ON walk_points FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id)
);
CREATE POLICY walk_points_add ON walk_points FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write())
    AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id)
    AND EXISTS (SELECT FROM walks w WHERE w.id = walk_id
                AND ((SELECT may_lead()) OR w.organisation_id = (SELECT my_organisation())))
);
GRANT SELECT, INSERT ON walk_points TO trygg_app;

CREATE POLICY walk_checks_read ON walk_checks FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND EXISTS (SELECT FROM walk_points p WHERE p.id = point_id)
);
CREATE POLICY walk_checks_note ON walk_checks FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write())
    AND EXISTS (SELECT FROM walk_points p JOIN walks w ON w.follows_id = p.walk_id
                WHERE p.id = point_id AND w.id = walk_checks.walk_id
                AND ((SELECT may_lead()) OR w.organisation_id = (SELECT my_organisation())))
);
CREATE POLICY walk_checks_change ON walk_checks FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND EXISTS (
        SELECT FROM walks w WHERE w.id = walk_checks.walk_id
        AND ((SELECT may_lead()) OR w.organisation_id = (SELECT my_organisation())))
);
GRANT SELECT, INSERT ON walk_checks TO trygg_app;
GRANT UPDATE (outcome) ON walk_checks TO trygg_app;

-- Why it happens at a place, and what is done about it: cause analyses, measures, and what followed.

CREATE TABLE causes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    place_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    place_side text NOT NULL DEFAULT '',
    target_side text NOT NULL DEFAULT '',
    offender_side text NOT NULL DEFAULT '',
    sources_used text NOT NULL DEFAULT '',
    sources_rejected text NOT NULL DEFAULT '',
    limits text NOT NULL DEFAULT '',
    hypothesis text NOT NULL DEFAULT '',
    breaks text NOT NULL DEFAULT '',
    visibility text NOT NULL CHECK (visibility IN ('authorities', 'forum', 'public')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, id),
    UNIQUE (place_id),
    FOREIGN KEY (forum_id, place_id) REFERENCES places (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);

CREATE TABLE measures (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    nr integer NOT NULL,
    place_id uuid NOT NULL,
    cause_id uuid,
    organisation_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    title text NOT NULL CHECK (btrim(title) <> ''),
    nature text NOT NULL CHECK (nature IN ('physical', 'social')),
    catalogue_code text,
    expected_short text NOT NULL DEFAULT '',
    expected_long text NOT NULL DEFAULT '',
    seen_by text NOT NULL DEFAULT '',
    cost text NOT NULL DEFAULT 'unknown' CHECK (cost IN ('unknown', 'none', 'low', 'medium', 'high')),
    due_on date NOT NULL,
    camera boolean NOT NULL DEFAULT false,
    balancing text NOT NULL DEFAULT '',
    review_on date,
    handed_to text NOT NULL DEFAULT '',
    reference text NOT NULL DEFAULT '',
    done_on date,
    status text NOT NULL DEFAULT 'proposed' CHECK (status IN ('proposed', 'decided', 'accepted', 'declined', 'under_way',
        'carried_out', 'followed_up', 'waived', 'handed_over', 'without_effect')),
    visibility text NOT NULL CHECK (visibility IN ('authorities', 'forum', 'public')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, nr),
    UNIQUE (forum_id, id),
    CHECK (NOT camera OR (btrim(balancing) <> '' AND review_on IS NOT NULL)),
    FOREIGN KEY (forum_id, place_id) REFERENCES places (forum_id, id),
    FOREIGN KEY (forum_id, cause_id) REFERENCES causes (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, owner_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX measures_place ON measures (place_id);
CREATE INDEX measures_due ON measures (forum_id, due_on);

-- The deviations that a measure answers.
CREATE TABLE measure_deviations (
    forum_id uuid NOT NULL,
    measure_id uuid NOT NULL,
    deviation_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (measure_id, deviation_id),
    FOREIGN KEY (forum_id, measure_id) REFERENCES measures (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, deviation_id) REFERENCES deviations (forum_id, id) ON DELETE CASCADE
);
CREATE INDEX measure_deviations_deviation ON measure_deviations (deviation_id);

CREATE TABLE follow_ups (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL,
    measure_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    on_day date NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('works', 'partly', 'no_effect', 'too_early')),
    note text NOT NULL CHECK (btrim(note) <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (forum_id, measure_id) REFERENCES measures (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX follow_ups_measure ON follow_ups (measure_id, on_day);

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE causes ENABLE ROW LEVEL SECURITY;
CREATE POLICY causes_read ON causes FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND EXISTS (SELECT FROM places p WHERE p.id = place_id)
);
CREATE POLICY causes_audience ON causes AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY causes_create ON causes FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND EXISTS (SELECT FROM places p WHERE p.id = place_id)
);
CREATE POLICY causes_change ON causes FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND visibility = ANY ((SELECT visibilities())::text[])
);
GRANT SELECT, INSERT ON causes TO trygg_app;
GRANT UPDATE (place_side, target_side, offender_side, sources_used, sources_rejected, limits, hypothesis, breaks,
              visibility, version, changed_at) ON causes TO trygg_app;

ALTER TABLE measures ENABLE ROW LEVEL SECURITY;
CREATE POLICY measures_read ON measures FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND EXISTS (SELECT FROM places p WHERE p.id = place_id)
);
CREATE POLICY measures_audience ON measures AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY measures_create ON measures FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND organisation_id = (SELECT my_organisation()) AND EXISTS (SELECT FROM places p WHERE p.id = place_id)
);
CREATE POLICY measures_change ON measures FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND ((SELECT may_lead()) OR owner_id = (SELECT my_organisation()))
);
GRANT SELECT, INSERT ON measures TO trygg_app;
GRANT UPDATE (place_id, cause_id, owner_id, title, nature, catalogue_code, expected_short, expected_long, seen_by, cost,
              due_on, camera, balancing, review_on, handed_to, reference, done_on, status, visibility, version, changed_at)
    ON measures TO trygg_app;

-- Which deviation a measure answers tells of both: only who sees both sees the link.
ALTER TABLE measure_deviations ENABLE ROW LEVEL SECURITY;
CREATE POLICY measure_deviations_read ON measure_deviations FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND EXISTS (SELECT FROM measures m WHERE m.id = measure_id) AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id)
);
CREATE POLICY measure_deviations_create ON measure_deviations FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write())
    AND EXISTS (SELECT FROM measures m WHERE m.id = measure_id) AND EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id)
);
GRANT SELECT, INSERT ON measure_deviations TO trygg_app;

ALTER TABLE follow_ups ENABLE ROW LEVEL SECURITY;
CREATE POLICY follow_ups_read ON follow_ups FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND EXISTS (SELECT FROM measures m WHERE m.id = measure_id)
);
CREATE POLICY follow_ups_append ON follow_ups FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND organisation_id = (SELECT my_organisation())
    AND EXISTS (SELECT FROM measures m WHERE m.id = measure_id)
);
GRANT SELECT, INSERT ON follow_ups TO trygg_app;

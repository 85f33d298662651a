-- Effect cards as they were frozen. Nobody changes one: there is no grant for it.

CREATE TABLE effects (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    measure_id uuid NOT NULL,
    audience text NOT NULL CHECK (audience IN ('authorities', 'forum')),
    months integer NOT NULL CHECK (months BETWEEN 1 AND 12),
    content jsonb NOT NULL,
    reason text NOT NULL,
    salt bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    made_at timestamptz NOT NULL,
    FOREIGN KEY (forum_id, measure_id) REFERENCES measures (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX effects_of ON effects (measure_id, made_at DESC);

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE effects ENABLE ROW LEVEL SECURITY;
CREATE POLICY effects_read ON effects FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND audience = ANY ((SELECT visibilities())::text[])
);
CREATE POLICY effects_audience ON effects AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (audience = ANY ((SELECT audience_sees())::text[]));
-- a card is of a measure that all of its audience may see
CREATE POLICY effects_freeze ON effects FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND audience = ANY ((SELECT visibilities())::text[])
    AND organisation_id = (SELECT my_organisation())
    AND EXISTS (SELECT FROM measures m WHERE m.id = measure_id
                AND (m.visibility = effects.audience OR m.visibility <> 'authorities'))
);
GRANT SELECT, INSERT ON effects TO trygg_app;

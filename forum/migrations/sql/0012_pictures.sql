-- Situational pictures as they were frozen. Nobody changes one: there is no grant for it.

CREATE TABLE pictures (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    audience text NOT NULL CHECK (audience IN ('authorities', 'forum')),
    first_day date NOT NULL,
    end_day date NOT NULL,
    content jsonb NOT NULL,
    other text NOT NULL CHECK (btrim(other) <> ''),
    analysis text NOT NULL CHECK (btrim(analysis) <> ''),
    salt bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    frozen_at timestamptz NOT NULL,
    CHECK (first_day < end_day),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX pictures_frozen ON pictures (forum_id, frozen_at DESC);

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE pictures ENABLE ROW LEVEL SECURITY;
-- whoever sees rows of that name is among the audience of the same name
CREATE POLICY pictures_read ON pictures FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND audience = ANY ((SELECT visibilities())::text[])
);
CREATE POLICY pictures_audience ON pictures AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (audience = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY pictures_freeze ON pictures FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND audience = ANY ((SELECT visibilities())::text[])
    AND organisation_id = (SELECT my_organisation())
);
GRANT SELECT, INSERT ON pictures TO trygg_app;

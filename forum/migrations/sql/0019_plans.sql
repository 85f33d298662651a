-- The legal form: action plans on frozen pictures, and on which day either was adopted. Nobody changes any of it: there
-- is no grant for it. A new one takes the place of an old one by being adopted later.

CREATE TABLE plans (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    picture_id uuid NOT NULL,
    audience text NOT NULL CHECK (audience IN ('authorities', 'forum')),
    measure_ids uuid[] NOT NULL CHECK (cardinality(measure_ids) > 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    made_at timestamptz NOT NULL,
    UNIQUE (forum_id, id),
    FOREIGN KEY (forum_id, picture_id) REFERENCES pictures (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX plans_made ON plans (forum_id, made_at DESC);

CREATE TABLE adoptions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    audience text NOT NULL CHECK (audience IN ('authorities', 'forum')),
    picture_id uuid UNIQUE,
    plan_id uuid UNIQUE,
    on_day date NOT NULL,
    reference text NOT NULL CHECK (btrim(reference) <> ''),
    salt bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    at timestamptz NOT NULL,
    CHECK (num_nonnulls(picture_id, plan_id) = 1),
    FOREIGN KEY (forum_id, picture_id) REFERENCES pictures (forum_id, id),
    FOREIGN KEY (forum_id, plan_id) REFERENCES plans (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX adoptions_day ON adoptions (forum_id, on_day DESC);

-- A document may be wanted in Word too; the hash of each file is the database's own.
ALTER TABLE documents ADD word bytea,
    ADD hash bytea GENERATED ALWAYS AS (sha256(content)) STORED,
    ADD word_hash bytea GENERATED ALWAYS AS (sha256(word)) STORED,
    ADD CONSTRAINT documents_word CHECK (word IS NULL OR status = 'done');
GRANT UPDATE (word) ON documents TO trygg_app;

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
ALTER TABLE adoptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY plans_read ON plans FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND audience = ANY ((SELECT visibilities())::text[])
);
CREATE POLICY plans_audience ON plans AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (audience = ANY ((SELECT audience_sees())::text[]));
-- a plan is made on what was adopted, for the same audience
CREATE POLICY plans_make ON plans FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND audience = ANY ((SELECT visibilities())::text[])
    AND organisation_id = (SELECT my_organisation())
    AND EXISTS (SELECT FROM adoptions a WHERE a.picture_id = plans.picture_id AND a.audience = plans.audience)
);
GRANT SELECT, INSERT ON plans TO trygg_app;

CREATE POLICY adoptions_read ON adoptions FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND audience = ANY ((SELECT visibilities())::text[])
);
CREATE POLICY adoptions_audience ON adoptions AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (audience = ANY ((SELECT audience_sees())::text[]));
-- what a meeting kept has not the parts that the law asks for
CREATE POLICY adoptions_adopt ON adoptions FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND audience = ANY ((SELECT visibilities())::text[])
    AND organisation_id = (SELECT my_organisation())
    AND (EXISTS (SELECT FROM pictures p
                 WHERE p.id = picture_id AND p.audience = adoptions.audience AND p.meeting_id IS NULL)
         OR EXISTS (SELECT FROM plans p WHERE p.id = plan_id AND p.audience = adoptions.audience))
);
GRANT SELECT, INSERT ON adoptions TO trygg_app;

-- Methods that a forum offers to others, as they were when offered, and who has taken one over. An offer may end; nothing else changes.

CREATE TABLE methods (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    edition_id uuid,
    nomination_id uuid,
    name text NOT NULL CHECK (btrim(name) <> ''),
    about text NOT NULL,
    content jsonb NOT NULL,
    salt bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    offered_at timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK ((edition_id IS NULL) = (nomination_id IS NULL)),
    UNIQUE (id, forum_id),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX methods_of ON methods (forum_id, offered_at DESC);
CREATE INDEX methods_nomination ON methods (nomination_id);

-- `taker` is what the forum that took it over was called: its origin sees that and the day, and nothing else of that forum.
CREATE TABLE method_uses (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    method_id uuid NOT NULL,
    origin_id uuid NOT NULL CHECK (origin_id <> forum_id),
    taker text NOT NULL,
    taker_slug text NOT NULL,
    added text[] NOT NULL DEFAULT '{}',
    cycle boolean NOT NULL,
    taken_at timestamptz NOT NULL,
    UNIQUE (forum_id, method_id),
    FOREIGN KEY (method_id, origin_id) REFERENCES methods (id, forum_id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX method_uses_origin ON method_uses (origin_id);

-- Rights -----------------------------------------------------------------------------------------------------------------

-- Everybody reads an offer: a forum's leaders make it so, of a nomination once its prize is told. One that has ended is for its forum and for those who took it over.
ALTER TABLE methods ENABLE ROW LEVEL SECURITY;
CREATE POLICY methods_read ON methods FOR SELECT TO trygg_app USING (
    ended_at IS NULL OR forum_id = (SELECT my_forum())
    OR EXISTS (SELECT FROM method_uses u WHERE u.method_id = methods.id AND u.forum_id = (SELECT my_forum()))
);
CREATE POLICY methods_offer ON methods FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT my_role()) IN ('coordinator', 'administrator')
    AND organisation_id = (SELECT my_organisation())
    AND (nomination_id IS NULL OR (announced(nomination_id)
        AND EXISTS (SELECT FROM nominations n WHERE n.id = nomination_id AND n.forum_id = methods.forum_id)))
);
CREATE POLICY methods_end ON methods FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT my_role()) IN ('coordinator', 'administrator')
);
GRANT SELECT, INSERT ON methods TO trygg_app;
GRANT UPDATE (ended_at) ON methods TO trygg_app;

ALTER TABLE method_uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY method_uses_read ON method_uses FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) OR origin_id = (SELECT my_forum())
);
CREATE POLICY method_uses_take ON method_uses FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT my_role()) IN ('coordinator', 'administrator')
    AND organisation_id = (SELECT my_organisation())
);
GRANT SELECT, INSERT ON method_uses TO trygg_app;

-- Whoever leads a forum takes over a method, and with it the categories that the forum has not.
DROP POLICY categories_create ON categories;
CREATE POLICY categories_create ON categories FOR INSERT TO trygg_app WITH CHECK (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) IN ('coordinator', 'administrator'))
);

-- The edition's own work verifies the seals of its awards.
ALTER POLICY awards_read ON awards USING (
    announced(nomination_id) OR opens_to_me(nomination_id) OR edition_id = (SELECT my_edition())
    OR (nomination_id IS NULL AND (office_in(edition_id) IS NOT NULL
        OR EXISTS (SELECT FROM editions e WHERE e.id = edition_id AND e.ceremony_at <= now())))
);

-- In a demo one can be somebody in its invented jury too.
CREATE OR REPLACE FUNCTION demo_account(wanted_email text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT a.id FROM accounts a WHERE a.email = lower(wanted_email) AND (
        EXISTS (SELECT FROM members m JOIN forums f ON f.id = m.forum_id
                WHERE m.account_id = a.id AND f.demo AND m.ended_at IS NULL)
        OR EXISTS (SELECT FROM offices o JOIN editions e ON e.id = o.edition_id
                   WHERE o.account_id = a.id AND e.demo AND o.ended_at IS NULL))
$$;

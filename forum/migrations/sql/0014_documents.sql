-- Documents that are printed after the request that asked for them, by its member alone to be read, for a day.

CREATE TABLE documents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    member_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    audience text NOT NULL CHECK (audience IN ('authorities', 'forum')),
    language text NOT NULL CHECK (language IN ('sv', 'en')),
    wanted jsonb NOT NULL,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'working', 'done', 'failed')),
    content bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((content IS NOT NULL) = (status = 'done')),
    FOREIGN KEY (forum_id, member_id) REFERENCES members (forum_id, id)
);
CREATE INDEX documents_of_member ON documents (forum_id, member_id, created_at DESC);

ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
-- whoever is no longer among the audience no longer sees what was printed for it
CREATE POLICY documents_read ON documents FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND ((SELECT my_role()) = 'system'
         OR (member_id = (SELECT my_member()) AND audience = ANY ((SELECT visibilities())::text[])))
);
CREATE POLICY documents_order ON documents FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND member_id = (SELECT my_member())
    AND audience = ANY ((SELECT visibilities())::text[])
);
CREATE POLICY documents_print ON documents FOR UPDATE TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'system');
GRANT SELECT, INSERT ON documents TO trygg_app;
GRANT UPDATE (status, content, changed_at) ON documents TO trygg_app;

CREATE FUNCTION forget_documents() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM documents WHERE created_at < now() - interval '1 day'
$$;
GRANT EXECUTE ON FUNCTION forget_documents TO trygg_app;

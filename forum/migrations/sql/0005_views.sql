-- Selections that a member has kept under a name, for themselves or for everybody in the forum.

CREATE TABLE views (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    member_id uuid NOT NULL,
    name text NOT NULL CHECK (btrim(name) <> ''),
    query text NOT NULL,
    shared boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, member_id, name),
    FOREIGN KEY (forum_id, member_id) REFERENCES members (forum_id, id)
);

ALTER TABLE views ENABLE ROW LEVEL SECURITY;
CREATE POLICY views_read ON views FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (shared OR member_id = (SELECT my_member())));
CREATE POLICY views_keep ON views FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND member_id = (SELECT my_member())
    AND (NOT shared OR (SELECT my_role()) IN ('coordinator', 'administrator'))
);
CREATE POLICY views_remove ON views FOR DELETE TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND (member_id = (SELECT my_member()) OR (shared AND (SELECT my_role()) IN ('coordinator', 'administrator')))
);
GRANT SELECT, INSERT, DELETE ON views TO trygg_app;

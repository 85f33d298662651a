-- What the public may read: an issue a month, computed once. Nobody changes one: there is no grant for it.

CREATE TABLE publications (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    content jsonb NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    made_at timestamptz NOT NULL,
    UNIQUE (forum_id, month)
);

-- A forum's page stands open to everybody when its coordinator or administrator has decided so.
ALTER TABLE forums ADD public_page boolean NOT NULL DEFAULT false;

-- A picture for everybody is made of issues alone.
ALTER TABLE pictures DROP CONSTRAINT pictures_audience_check,
    ADD CONSTRAINT pictures_audience_check CHECK (audience IN ('authorities', 'forum', 'public'));
ALTER TABLE documents DROP CONSTRAINT documents_audience_check,
    ADD CONSTRAINT documents_audience_check CHECK (audience IN ('authorities', 'forum', 'public'));

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE publications ENABLE ROW LEVEL SECURITY;
CREATE POLICY publications_read ON publications FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY publications_make ON publications FOR INSERT TO trygg_app
    WITH CHECK (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'system');
GRANT SELECT, INSERT ON publications TO trygg_app;

CREATE POLICY forums_open ON forums FOR UPDATE TO trygg_app USING (id = (SELECT my_forum()) AND (SELECT may_lead()));
GRANT UPDATE (public_page) ON forums TO trygg_app;

-- The one thing that is read without signing in: the latest issues of a forum whose page is open, and what it is called.
CREATE FUNCTION published(
    wanted_slug text, most integer, OUT forum_name text, OUT demo boolean, OUT month date, OUT content jsonb, OUT hash bytea,
    OUT made_at timestamptz
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT f.name, f.demo, issue.month, issue.content, issue.hash, issue.made_at
    FROM forums f LEFT JOIN LATERAL (
        SELECT * FROM publications p WHERE p.forum_id = f.id ORDER BY p.month DESC LIMIT most
    ) issue ON true
    WHERE f.slug = wanted_slug AND f.public_page
    ORDER BY issue.month DESC
$$;
GRANT EXECUTE ON FUNCTION published TO trygg_app;

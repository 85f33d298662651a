-- Files that are imported after the request that brought them: kept until they are in, a day at most; what came of them a week.

CREATE TABLE imports (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    member_id uuid NOT NULL,
    partner_id uuid NOT NULL,
    source text NOT NULL,
    ending text NOT NULL,
    mapping jsonb,
    content bytea,
    length integer NOT NULL,
    skip_bad boolean NOT NULL,
    trial boolean NOT NULL,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'working', 'tried', 'done', 'failed')),
    lines integer NOT NULL DEFAULT 0,
    counts jsonb NOT NULL DEFAULT '{}',
    report bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((content IS NULL) = (mapping IS NULL)),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, partner_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, member_id) REFERENCES members (forum_id, id)
);
CREATE INDEX imports_newest ON imports (forum_id, created_at DESC);

ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY imports_read ON imports FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND ((SELECT my_role()) IN ('coordinator', 'system')
         OR ((SELECT my_role()) = 'administrator' AND organisation_id = (SELECT my_organisation())))
);
CREATE POLICY imports_keep ON imports FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT my_role()) IN ('coordinator', 'administrator')
    AND organisation_id = (SELECT my_organisation()) AND member_id = (SELECT my_member())
);
CREATE POLICY imports_go_on ON imports FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND ((SELECT my_role()) = 'system'
         OR ((SELECT my_role()) IN ('coordinator', 'administrator') AND member_id = (SELECT my_member())))
);
GRANT SELECT, INSERT ON imports TO trygg_app;
GRANT UPDATE (mapping, content, skip_bad, trial, status, lines, counts, report, changed_at) ON imports TO trygg_app;

-- The files of yesterday and the reports of last week go, in every forum; an import that no worker came to has failed.
CREATE FUNCTION forget_imports() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM imports WHERE created_at < now() - interval '7 days';
    UPDATE imports SET content = NULL, mapping = NULL,
        status = CASE WHEN status IN ('waiting', 'working') THEN 'failed' ELSE status END
    WHERE content IS NOT NULL AND created_at < now() - interval '1 day';
$$;
GRANT EXECUTE ON FUNCTION forget_imports TO trygg_app;

-- An administrator who imports for a partner puts rows into the partner's quarantine, and does not see them there.
CREATE POLICY quarantine_hold ON quarantine FOR INSERT TO trygg_app
    WITH CHECK (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator');

-- Numbers that no row has: each is looked up by itself, however many rows the forum has.
CREATE OR REPLACE FUNCTION unused_numbers(how_many integer) RETURNS SETOF integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n FROM (
        SELECT DISTINCT 1000000 + floor(random() * 9000000)::integer AS n
        FROM generate_series(1, how_many + how_many / 2 + 20)
    ) drawn
    LEFT JOIN LATERAL (
        SELECT true AS here FROM deviations d WHERE d.forum_id = (SELECT my_forum()) AND d.nr = drawn.n LIMIT 1
    ) taken ON true
    WHERE (SELECT may_write()) AND taken.here IS NULL
    ORDER BY random() LIMIT how_many
$$;

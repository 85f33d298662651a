CREATE OR REPLACE FUNCTION demo_account(wanted_email text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT a.id FROM accounts a JOIN members m ON m.account_id = a.id JOIN forums f ON f.id = m.forum_id
    WHERE a.email = lower(wanted_email) AND f.demo AND m.ended_at IS NULL LIMIT 1
$$;
ALTER POLICY awards_read ON awards USING (
    announced(nomination_id) OR opens_to_me(nomination_id)
    OR (nomination_id IS NULL AND (office_in(edition_id) IS NOT NULL
        OR EXISTS (SELECT FROM editions e WHERE e.id = edition_id AND e.ceremony_at <= now())))
);
DROP POLICY categories_create ON categories;
CREATE POLICY categories_create ON categories FOR INSERT TO trygg_app WITH CHECK (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator')
);
DROP TABLE method_uses, methods;

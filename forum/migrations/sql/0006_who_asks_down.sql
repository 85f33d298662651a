CREATE OR REPLACE FUNCTION me(OUT forum_id uuid, OUT organisation_id uuid, OUT authority boolean, OUT role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT m.forum_id, m.organisation_id, o.authority, m.role
    FROM members m JOIN organisations o ON o.id = m.organisation_id JOIN accounts a ON a.id = m.account_id
    WHERE m.id = my_member() AND m.account_id = my_account() AND m.ended_at IS NULL
      AND coalesce(a.shown_to = m.forum_id, true)
    UNION ALL
    SELECT s.id, NULL, true, 'system' FROM forums s WHERE s.id = my_system()
    LIMIT 1
$$;

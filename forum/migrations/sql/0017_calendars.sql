-- A secret address under which a calendar program reads, as one member and no more than the whole forum may see, when the forum
-- meets and when measures are due; `key` is the secret's SHA-256 digest.
CREATE TABLE calendars (
    member_id uuid PRIMARY KEY,
    forum_id uuid NOT NULL,
    key text NOT NULL UNIQUE,
    made_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (forum_id, member_id) REFERENCES members (forum_id, id)
);

-- Lets the transaction read as the member whose address this is, for the whole forum's eyes. Nothing for one that is unknown,
-- replaced or taken away, or whose member has left the forum.
CREATE FUNCTION calendar_of(
    wanted_key text, OUT id uuid, OUT account_id uuid, OUT forum_id uuid, OUT forum_slug text, OUT forum_name text,
    OUT demo boolean, OUT organisation_id uuid, OUT organisation_name text, OUT role text, OUT authority boolean,
    OUT name text, OUT language text
) RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM act(NULL, NULL, NULL, false, NULL);
    SELECT m.id, a.id, f.id, f.slug, f.name, f.demo, o.id, o.name, m.role, o.authority, a.name, a.language
    INTO id, account_id, forum_id, forum_slug, forum_name, demo, organisation_id, organisation_name, role, authority, name,
        language
    FROM calendars c JOIN members m ON m.id = c.member_id JOIN forums f ON f.id = m.forum_id
    JOIN organisations o ON o.id = m.organisation_id JOIN accounts a ON a.id = m.account_id
    WHERE c.key = wanted_key AND m.ended_at IS NULL AND coalesce(a.shown_to = f.id, true);
    IF FOUND THEN
        PERFORM act(account_id, id, NULL, false, 'forum');
        RETURN NEXT;
    END IF;
END
$$;

-- As before; and the addresses of those who have left.
CREATE OR REPLACE FUNCTION forget_letters() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM letters WHERE created_at < now() - interval '30 days';
    UPDATE letters SET status = 'failed', changed_at = now()
    WHERE status IN ('waiting', 'sending') AND created_at < now() - interval '1 day';
    UPDATE measure_links SET delivery = 'failed' WHERE delivery = 'waiting' AND created_at < now() - interval '1 day';
    DELETE FROM measure_links
    WHERE ended_at < now() - interval '30 days' OR expires_on < (now() - interval '30 days')::date;
    DELETE FROM notices WHERE at < now() - interval '180 days';
    DELETE FROM calendars c USING members m WHERE m.id = c.member_id AND m.ended_at IS NOT NULL;
$$;

GRANT EXECUTE ON FUNCTION calendar_of TO trygg_app;

ALTER TABLE calendars ENABLE ROW LEVEL SECURITY;
CREATE POLICY calendars_own ON calendars TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND member_id = (SELECT my_member()));
GRANT SELECT, INSERT, DELETE ON calendars TO trygg_app;
GRANT UPDATE (key, made_at) ON calendars TO trygg_app;

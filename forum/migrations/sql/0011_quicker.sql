-- Who asks is found out once for a transaction, not by each policy of each statement: `act` and `enter` look the member up and
-- set the forum, the organisation and the role beside the account and the member. Whoever sets those alone sees nothing.

CREATE OR REPLACE FUNCTION my_forum() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.forum', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION my_organisation() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.organisation', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION my_authority() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('trygg.authority', true), '') = 'true' $$;

CREATE OR REPLACE FUNCTION my_role() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.role', true), '') $$;

-- Lets the transaction act for a person, a member, a forum's own work or the operator; what is null is none of it.
CREATE FUNCTION act(account uuid, member uuid, system uuid, operator boolean, audience text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    who record;
BEGIN
    PERFORM set_config('trygg.account', coalesce(account::text, ''), true),
        set_config('trygg.member', coalesce(member::text, ''), true),
        set_config('trygg.system', coalesce(system::text, ''), true),
        set_config('trygg.operator', CASE WHEN operator THEN 'on' ELSE '' END, true),
        set_config('trygg.audience', coalesce(audience, ''), true);
    SELECT * INTO who FROM me();
    PERFORM set_config('trygg.forum', coalesce(who.forum_id::text, ''), true),
        set_config('trygg.organisation', coalesce(who.organisation_id::text, ''), true),
        set_config('trygg.authority', coalesce(who.authority::text, ''), true),
        set_config('trygg.role', coalesce(who.role, ''), true);
END
$$;

-- The way in of most requests in one look: whose session or token it is, and that person's place in the forum. The transaction
-- then acts for the member; whether the proof still holds, the program sees to.
CREATE FUNCTION enter(
    wanted_kind text, wanted_key text, wanted_slug text, OUT proof_id uuid, OUT proof_account uuid, OUT proof_created timestamptz,
    OUT proof_used timestamptz, OUT proof_expires timestamptz, OUT id uuid, OUT account_id uuid, OUT forum_id uuid,
    OUT forum_slug text, OUT forum_name text, OUT demo boolean, OUT organisation_id uuid, OUT organisation_name text,
    OUT role text, OUT authority boolean, OUT name text, OUT language text
) RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    SELECT c.id, c.account_id, c.created_at, c.used_at, c.expires_at, m.id, m.account_id, f.id, f.slug, f.name, f.demo, o.id, o.name,
        m.role, o.authority, a.name, a.language
    INTO proof_id, proof_account, proof_created, proof_used, proof_expires, id, account_id, forum_id, forum_slug, forum_name, demo,
        organisation_id, organisation_name, role, authority, name, language
    FROM credentials c JOIN accounts a ON a.id = c.account_id
    LEFT JOIN (members m JOIN forums f ON f.id = m.forum_id JOIN organisations o ON o.id = m.organisation_id)
        ON m.account_id = a.id AND f.slug = wanted_slug AND m.ended_at IS NULL AND coalesce(a.shown_to = f.id, true)
    WHERE c.kind = wanted_kind AND c.key = wanted_key;
    IF FOUND THEN
        PERFORM set_config('trygg.account', proof_account::text, true), set_config('trygg.member', coalesce(id::text, ''), true),
            set_config('trygg.system', '', true), set_config('trygg.operator', '', true), set_config('trygg.audience', '', true),
            set_config('trygg.forum', coalesce(forum_id::text, ''), true),
            set_config('trygg.organisation', coalesce(organisation_id::text, ''), true),
            set_config('trygg.authority', coalesce(authority::text, ''), true), set_config('trygg.role', coalesce(role, ''), true);
        RETURN NEXT;
    END IF;
END
$$;
GRANT EXECUTE ON FUNCTION act, enter TO trygg_app;

-- A category's newest, and how many they are, without reading the other categories' of the time.
CREATE INDEX deviations_category ON deviations (forum_id, category_id, occurred_from DESC, id DESC)
    INCLUDE (status, visibility, organisation_id, occurred_to);

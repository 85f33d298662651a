-- Who takes part: forums, areas, organisations, accounts, members, agreements; and the rights that all later tables use.
-- Row-level security is on for every table. What the application role may do is granted table by table.

GRANT USAGE ON SCHEMA public TO trygg_app;
-- nobody calls a function of ours unless it is granted below
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT SELECT ON alembic_version TO trygg_app;  -- readyz tells whether the tables are of this version

-- The context that forum/foundation/rights.py sets for each transaction -----------------------------------------------

CREATE FUNCTION my_account() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.account', true), '')::uuid $$;

CREATE FUNCTION my_system() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.system', true), '')::uuid $$;

CREATE FUNCTION i_am_operator() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('trygg.operator', true), '') = 'on' $$;

CREATE FUNCTION my_member() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.member', true), '')::uuid $$;

CREATE FUNCTION my_audience() RETURNS text LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.audience', true), '') $$;

CREATE TABLE forums (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
    name text NOT NULL,
    demo boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE areas (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL,
    code text,
    name text NOT NULL,
    geom geometry(MultiPolygon, 4326) NOT NULL,
    valid_from date,
    valid_to date CHECK (valid_to > valid_from)
);
CREATE INDEX areas_kind_name ON areas (kind, name);

CREATE TABLE ground (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL,
    name text,
    geom geometry(Geometry, 4326) NOT NULL,
    digest bytea NOT NULL,
    UNIQUE (kind, digest)
);

CREATE TABLE forum_areas (
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    area_id uuid NOT NULL REFERENCES areas,
    PRIMARY KEY (forum_id, area_id)
);

CREATE TABLE organisations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('city', 'police', 'housing', 'civil', 'business', 'school', 'transport', 'other')),
    authority boolean NOT NULL DEFAULT false,
    parent_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, name),
    UNIQUE (forum_id, id),
    FOREIGN KEY (forum_id, parent_id) REFERENCES organisations (forum_id, id)
);

CREATE TABLE accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'sv' CHECK (language IN ('sv', 'en')),
    -- The forum whose administrator was shown a one-time link to this account. Until its owner has used one that went to their
    -- own address alone, the account opens no other forum: the administrator may have kept the link.
    shown_to uuid REFERENCES forums,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One row for everything that proves who somebody is: a password (key: the address; secret: its Argon2id hash), and what is
-- kept only as a SHA-256 digest in `key`: a browser session, an API token, a one-time link (secret: 'shown' when an
-- administrator has seen it).
CREATE TABLE credentials (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('password', 'session', 'token', 'link')),
    key text NOT NULL,
    secret text,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    UNIQUE (kind, key)
);
CREATE INDEX credentials_account ON credentials (account_id, kind);

-- How often signing in with an address failed within the last hour, whether it has an account or not. `key` is the address's
-- digest. Reached through the functions below only.
CREATE TABLE failures (
    key text PRIMARY KEY,
    count integer NOT NULL DEFAULT 1,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX failures_at ON failures (at);
ALTER TABLE failures ENABLE ROW LEVEL SECURITY;

CREATE TABLE members (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts,
    organisation_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('reader', 'reporter', 'coordinator', 'administrator')),
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    UNIQUE (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE UNIQUE INDEX members_one_at_a_time ON members (forum_id, account_id) WHERE ended_at IS NULL;
CREATE INDEX members_account ON members (account_id);

CREATE TABLE visits (
    member_id uuid PRIMARY KEY REFERENCES members ON DELETE CASCADE,
    forum_id uuid NOT NULL,
    previous_at timestamptz,
    last_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE agreements (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    purposes text NOT NULL CHECK (btrim(purposes) <> ''),
    areas text NOT NULL CHECK (btrim(areas) <> ''),
    valid_from date NOT NULL,
    valid_to date CHECK (valid_to >= valid_from),
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX agreements_organisation ON agreements (forum_id, organisation_id);

-- Who the member is: SECURITY DEFINER, because the policies of `members` themselves ask it -----------------------------

CREATE FUNCTION me(OUT forum_id uuid, OUT organisation_id uuid, OUT authority boolean, OUT role text)
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

CREATE FUNCTION my_forum() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT forum_id FROM me() $$;
CREATE FUNCTION my_organisation() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT organisation_id FROM me() $$;
CREATE FUNCTION my_authority() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT coalesce((SELECT authority FROM me()), false) $$;
CREATE FUNCTION my_role() RETURNS text LANGUAGE sql STABLE AS $$ SELECT role FROM me() $$;

CREATE FUNCTION is_somebody() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT my_account() IS NOT NULL OR my_system() IS NOT NULL OR i_am_operator() $$;

-- The signed-in person's membership in a forum, with all that a request needs to know of it, in one look.
CREATE FUNCTION member_in(
    wanted_slug text, OUT id uuid, OUT account_id uuid, OUT forum_id uuid, OUT forum_slug text, OUT forum_name text, OUT demo boolean,
    OUT organisation_id uuid, OUT organisation_name text, OUT role text, OUT authority boolean, OUT name text, OUT language text
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT m.id, a.id, f.id, f.slug, f.name, f.demo, o.id, o.name, m.role, o.authority, a.name, a.language
    FROM members m JOIN forums f ON f.id = m.forum_id JOIN organisations o ON o.id = m.organisation_id
    JOIN accounts a ON a.id = m.account_id
    WHERE f.slug = wanted_slug AND m.account_id = my_account() AND m.ended_at IS NULL AND coalesce(a.shown_to = f.id, true)
$$;

-- Sign-in: the one way to a credential before anybody is signed in ------------------------------------------------------

CREATE FUNCTION find_credential(
    wanted_kind text, wanted_key text, OUT id uuid, OUT account_id uuid, OUT secret text, OUT created_at timestamptz,
    OUT used_at timestamptz, OUT expires_at timestamptz
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT id, account_id, secret, created_at, used_at, expires_at
    FROM credentials WHERE kind = wanted_kind AND key = wanted_key
$$;

-- Failed attempts are counted on the address that was tried, so that an unknown one is slowed like a known one. They are
-- forgotten after an hour, or when the account's owner has signed in.
CREATE FUNCTION failures_key(address text) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT encode(sha256(convert_to(lower(btrim(address)), 'UTF8')), 'hex') $$;

CREATE FUNCTION failures_of(address text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT coalesce((SELECT count FROM failures WHERE key = failures_key(address) AND at > now() - interval '1 hour'), 0) $$;

CREATE FUNCTION note_failure(address text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM failures
    WHERE key IN (SELECT key FROM failures WHERE at <= now() - interval '1 hour' FOR UPDATE SKIP LOCKED);
    INSERT INTO failures AS f (key) VALUES (failures_key(address))
    ON CONFLICT (key) DO UPDATE SET count = least(f.count + 1, 1000), at = now()
$$;

CREATE FUNCTION forget_failures() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$ DELETE FROM failures f USING accounts a WHERE a.id = my_account() AND f.key = failures_key(a.email) $$;

-- The demo's people sign in by a button and have no password; the program offers it on the loopback address only.
CREATE FUNCTION is_demo() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM forums WHERE demo) $$;

CREATE FUNCTION demo_account(wanted_email text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT a.id FROM accounts a JOIN members m ON m.account_id = a.id JOIN forums f ON f.id = m.forum_id
    WHERE a.email = lower(wanted_email) AND f.demo AND m.ended_at IS NULL LIMIT 1
$$;

-- An administrator adds a member by address. Whether the address had an account elsewhere is not told.
CREATE FUNCTION account_of(wanted_email text, wanted_name text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE found uuid;
BEGIN
    IF NOT (i_am_operator() OR coalesce(my_role(), '') IN ('administrator', 'system')) THEN
        RAISE insufficient_privilege USING MESSAGE = 'only an administrator or the operator names accounts';
    END IF;
    INSERT INTO accounts (email, name) VALUES (lower(wanted_email), wanted_name) ON CONFLICT (email) DO NOTHING;
    SELECT id INTO found FROM accounts WHERE email = lower(wanted_email);
    RETURN found;
END
$$;

-- A one-time link may be shown to an administrator only for an account that nobody has used and that is in no other forum;
-- for any other it goes to the person's own address alone.
CREATE FUNCTION account_is_fresh(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT NOT EXISTS (SELECT FROM credentials WHERE account_id = wanted AND kind <> 'link')
       AND NOT EXISTS (SELECT FROM members WHERE account_id = wanted AND forum_id IS DISTINCT FROM (SELECT my_forum()))
$$;

-- A link that an administrator makes for somebody else is one that they see.
CREATE FUNCTION mark_shown_link() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF my_role() = 'administrator' AND NEW.account_id <> my_account() THEN
        NEW.secret := 'shown';
        UPDATE accounts SET shown_to = my_forum() WHERE id = NEW.account_id;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER credentials_mark_shown BEFORE INSERT ON credentials FOR EACH ROW WHEN (NEW.kind = 'link')
    EXECUTE FUNCTION mark_shown_link();

GRANT EXECUTE ON FUNCTION my_account, my_member, my_system, i_am_operator, my_audience, me, my_forum, my_organisation, my_authority,
    my_role, is_somebody, member_in, find_credential, failures_of, note_failure, forget_failures, is_demo, demo_account,
    account_of, account_is_fresh TO trygg_app;

-- Policies ---------------------------------------------------------------------------------------------------------------

ALTER TABLE forums ENABLE ROW LEVEL SECURITY;
CREATE POLICY forums_read ON forums FOR SELECT TO trygg_app USING (
    id = (SELECT my_forum()) OR (SELECT i_am_operator())
    OR EXISTS (SELECT FROM members m JOIN accounts a ON a.id = m.account_id
               WHERE m.forum_id = forums.id AND m.account_id = (SELECT my_account()) AND m.ended_at IS NULL
                 AND coalesce(a.shown_to = forums.id, true))
);
CREATE POLICY forums_create ON forums FOR INSERT TO trygg_app WITH CHECK ((SELECT i_am_operator()));
GRANT SELECT, INSERT ON forums TO trygg_app;

ALTER TABLE areas ENABLE ROW LEVEL SECURITY;
CREATE POLICY areas_read ON areas FOR SELECT TO trygg_app USING ((SELECT is_somebody()));
CREATE POLICY areas_create ON areas FOR INSERT TO trygg_app WITH CHECK ((SELECT i_am_operator()));
CREATE POLICY areas_change ON areas FOR UPDATE TO trygg_app USING ((SELECT i_am_operator()));
GRANT SELECT, INSERT ON areas TO trygg_app;
GRANT UPDATE (valid_to) ON areas TO trygg_app;

ALTER TABLE ground ENABLE ROW LEVEL SECURITY;
CREATE POLICY ground_read ON ground FOR SELECT TO trygg_app USING ((SELECT is_somebody()));
CREATE POLICY ground_create ON ground FOR INSERT TO trygg_app WITH CHECK ((SELECT i_am_operator()));
GRANT SELECT, INSERT ON ground TO trygg_app;

ALTER TABLE forum_areas ENABLE ROW LEVEL SECURITY;
CREATE POLICY forum_areas_read ON forum_areas FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) OR (SELECT i_am_operator()));
CREATE POLICY forum_areas_create ON forum_areas FOR INSERT TO trygg_app WITH CHECK ((SELECT i_am_operator()));
GRANT SELECT, INSERT ON forum_areas TO trygg_app;

ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;
CREATE POLICY organisations_read ON organisations FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) OR (SELECT i_am_operator()));
CREATE POLICY organisations_create ON organisations FOR INSERT TO trygg_app WITH CHECK (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator')
);
GRANT SELECT, INSERT ON organisations TO trygg_app;

ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY accounts_read ON accounts FOR SELECT TO trygg_app USING (
    id = (SELECT my_account()) OR (SELECT i_am_operator())
    OR ((SELECT my_role()) IN ('administrator', 'system')
        AND EXISTS (SELECT FROM members m
                    WHERE m.account_id = accounts.id AND m.forum_id = (SELECT my_forum()) AND m.ended_at IS NULL))
);
CREATE POLICY accounts_change ON accounts FOR UPDATE TO trygg_app USING (id = (SELECT my_account()));
GRANT SELECT ON accounts TO trygg_app;
GRANT UPDATE (name, language, shown_to) ON accounts TO trygg_app;

ALTER TABLE members ENABLE ROW LEVEL SECURITY;
CREATE POLICY members_read ON members FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) OR account_id = (SELECT my_account()) OR (SELECT i_am_operator())
);
CREATE POLICY members_create ON members FOR INSERT TO trygg_app WITH CHECK (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator')
);
CREATE POLICY members_change ON members FOR UPDATE TO trygg_app USING (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator')
);
GRANT SELECT, INSERT ON members TO trygg_app;
GRANT UPDATE (role, ended_at) ON members TO trygg_app;

ALTER TABLE credentials ENABLE ROW LEVEL SECURITY;
CREATE POLICY credentials_own ON credentials TO trygg_app USING (account_id = (SELECT my_account()));
CREATE POLICY credentials_issue ON credentials FOR INSERT TO trygg_app WITH CHECK (
    ((SELECT i_am_operator()) AND kind IN ('link', 'token'))
    OR (kind = 'link' AND EXISTS (SELECT FROM members m WHERE m.account_id = credentials.account_id
                                  AND m.forum_id = (SELECT my_forum()) AND m.ended_at IS NULL)
        AND ((SELECT my_role()) = 'system' OR ((SELECT my_role()) = 'administrator' AND account_is_fresh(account_id))))
);
GRANT SELECT, INSERT, DELETE ON credentials TO trygg_app;
GRANT UPDATE (used_at) ON credentials TO trygg_app;

ALTER TABLE visits ENABLE ROW LEVEL SECURITY;
CREATE POLICY visits_own ON visits TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND member_id = (SELECT my_member())
);
GRANT SELECT, INSERT, UPDATE ON visits TO trygg_app;

ALTER TABLE agreements ENABLE ROW LEVEL SECURITY;
CREATE POLICY agreements_read ON agreements FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) OR (SELECT i_am_operator()));
CREATE POLICY agreements_create ON agreements FOR INSERT TO trygg_app WITH CHECK (
    (SELECT i_am_operator()) OR (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator')
);
CREATE POLICY agreements_change ON agreements FOR UPDATE TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator');
GRANT SELECT, INSERT ON agreements TO trygg_app;
GRANT UPDATE (valid_to) ON agreements TO trygg_app;

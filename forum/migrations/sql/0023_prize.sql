-- The prize: editions, the offices of their juries, nominations as everybody in the jury first sees them, ties, awards. What a
-- nomination says stands in tables of later steps; whether it opens to whoever asks is decided by the functions below.

-- One year of the prize. Once it is opened its rules stand: see the guard.
CREATE TABLE editions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,39}$'),
    name text NOT NULL,
    year integer NOT NULL CHECK (year BETWEEN 2000 AND 2100),
    theme text NOT NULL DEFAULT '',
    about text NOT NULL DEFAULT '',
    sum_kr integer NOT NULL DEFAULT 0 CHECK (sum_kr >= 0),
    winners_most integer NOT NULL DEFAULT 1 CHECK (winners_most IN (1, 2)),
    quorum integer NOT NULL DEFAULT 3 CHECK (quorum >= 1),
    opens_on date NOT NULL,
    closes_on date NOT NULL CHECK (closes_on >= opens_on),
    assess_from date NOT NULL CHECK (assess_from > closes_on),
    assess_until date NOT NULL CHECK (assess_until >= assess_from),
    ceremony_at timestamptz NOT NULL,
    criteria jsonb NOT NULL DEFAULT '[]',
    demo boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    opened_at timestamptz,
    rules_hash bytea CHECK (length(rules_hash) = 32),
    stopped_at timestamptz,
    stopped_for text NOT NULL DEFAULT '',
    UNIQUE (id, slug),
    CHECK ((ceremony_at AT TIME ZONE 'Europe/Stockholm')::date > assess_until),
    CHECK ((opened_at IS NULL) = (rules_hash IS NULL))
);

-- Who holds which office in an edition, for whom they work, and what that belongs to, from the topmost down.
CREATE TABLE offices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    edition_id uuid NOT NULL REFERENCES editions ON DELETE CASCADE,
    account_id uuid NOT NULL REFERENCES accounts,
    office text NOT NULL CHECK (office IN ('secretary', 'chair', 'deputy', 'juror', 'substitute')),
    title text NOT NULL DEFAULT '',
    organisation text NOT NULL CHECK (btrim(organisation) <> ''),
    belongs_to text[] NOT NULL DEFAULT '{}',
    appointed_by_id uuid,
    appointed_at timestamptz NOT NULL DEFAULT now(),
    called_in_at timestamptz CHECK (office = 'substitute' OR called_in_at IS NULL),
    ended_at timestamptz,
    UNIQUE (edition_id, id),
    FOREIGN KEY (edition_id, appointed_by_id) REFERENCES offices (edition_id, id)
);
CREATE UNIQUE INDEX offices_one_each ON offices (edition_id, account_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX offices_one_of_a_kind ON offices (edition_id, office)
    WHERE ended_at IS NULL AND office IN ('secretary', 'chair', 'deputy');

-- A nomination as its cover says: a title, and the organisations named with it (in `nomination_parties`).
CREATE TABLE nominations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    edition_id uuid NOT NULL REFERENCES editions ON DELETE CASCADE,
    nr integer NOT NULL CHECK (nr > 0),
    title text NOT NULL DEFAULT '',
    organisations text[] NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'unconfirmed', 'submitted', 'complete', 'withdrawn', 'merged')),
    account_id uuid REFERENCES accounts,
    forum_id uuid REFERENCES forums ON DELETE SET NULL,
    into_id uuid CHECK ((into_id IS NOT NULL) = (status = 'merged')),
    language text NOT NULL DEFAULT 'sv' CHECK (language IN ('sv', 'en')),
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    submitted_at timestamptz CHECK (status <> 'draft' OR submitted_at IS NULL),
    version integer NOT NULL DEFAULT 1,
    UNIQUE (edition_id, nr),
    UNIQUE (edition_id, id),
    FOREIGN KEY (edition_id, into_id) REFERENCES nominations (edition_id, id)
);
CREATE INDEX nominations_account ON nominations (account_id);

-- Secret addresses that open a nomination to whoever has no account: `key` is the secret's SHA-256 digest. A draft's is known to the
-- browser that began it; the one that confirms it is known to the letter alone, and opens the nomination from then on.
CREATE TABLE nomination_keys (
    key text PRIMARY KEY,
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('draft', 'letter')),
    expires_at timestamptz NOT NULL,
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE
);

-- What somebody in the jury said of their tie to a nomination, and what was ruled: a line each, none is changed; the last holds.
CREATE TABLE ties (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nr bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    office_id uuid NOT NULL,
    step text NOT NULL CHECK (step IN ('declared', 'ruled', 'discovered')),
    grade text NOT NULL CHECK (grade IN ('own', 'same_parent', 'none')),
    proposed text NOT NULL CHECK (proposed IN ('own', 'same_parent', 'none')),
    reason text NOT NULL DEFAULT '',
    ruling text CHECK (ruling IN ('excluded', 'allowed')),
    by_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    CHECK (grade <> 'own' OR ruling IS NOT DISTINCT FROM 'excluded'),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, office_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, by_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);
CREATE INDEX ties_of ON ties (nomination_id, office_id, nr DESC);

-- What was decided: a winner with its citation, or that nobody gets the prize. Nobody changes one.
CREATE TABLE awards (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    edition_id uuid NOT NULL REFERENCES editions ON DELETE CASCADE,
    nomination_id uuid,
    citation text NOT NULL,
    votes jsonb NOT NULL,
    decided_by_id uuid NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id),
    FOREIGN KEY (edition_id, decided_by_id) REFERENCES offices (edition_id, id)
);
CREATE UNIQUE INDEX awards_one ON awards (edition_id, nomination_id) NULLS NOT DISTINCT;

-- For whom the transaction acts --------------------------------------------------------------------------------------------

-- The edition whose own work this is (letters, seals), and the nomination that a secret address opens.
CREATE FUNCTION my_edition() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.edition', true), '')::uuid $$;

CREATE FUNCTION my_nomination() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.nomination', true), '')::uuid $$;

CREATE OR REPLACE FUNCTION act(account uuid, member uuid, system uuid, operator boolean, audience text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    who record;
BEGIN
    PERFORM set_config('trygg.account', coalesce(account::text, ''), true),
        set_config('trygg.member', coalesce(member::text, ''), true),
        set_config('trygg.system', coalesce(system::text, ''), true),
        set_config('trygg.operator', CASE WHEN operator THEN 'on' ELSE '' END, true),
        set_config('trygg.audience', coalesce(audience, ''), true),
        set_config('trygg.answered_measure', '', true),
        set_config('trygg.answering_forum', '', true),
        set_config('trygg.answering_organisation', '', true),
        set_config('trygg.edition', '', true),
        set_config('trygg.nomination', '', true);
    SELECT * INTO who FROM me();
    PERFORM set_config('trygg.forum', coalesce(who.forum_id::text, ''), true),
        set_config('trygg.organisation', coalesce(who.organisation_id::text, ''), true),
        set_config('trygg.authority', coalesce(who.authority::text, ''), true),
        set_config('trygg.role', coalesce(who.role, ''), true);
END
$$;

CREATE FUNCTION serve_edition(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM act(NULL, NULL, NULL, false, NULL);
    PERFORM set_config('trygg.edition', wanted::text, true);
END
$$;

-- Lets the transaction act by a secret address that holds: for that one nomination, and as nobody anywhere else.
CREATE FUNCTION nominate_by(wanted_key text, OUT id uuid, OUT edition_id uuid, OUT edition_slug text, OUT kind text)
RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM act(NULL, NULL, NULL, false, NULL);
    SELECT k.nomination_id, k.edition_id, e.slug, k.kind INTO id, edition_id, edition_slug, kind
    FROM nomination_keys k JOIN editions e ON e.id = k.edition_id WHERE k.key = wanted_key AND k.expires_at > now();
    IF FOUND THEN
        PERFORM set_config('trygg.nomination', id::text, true);
        RETURN NEXT;
    END IF;
END
$$;

-- A draft of somebody without an account, in an opened edition; the transaction then acts by its key. Nothing for any other edition.
CREATE FUNCTION start_nomination(wanted_slug text, new_key text, new_language text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    edition editions;
    made uuid;
BEGIN
    SELECT * INTO edition FROM editions e WHERE e.slug = wanted_slug AND e.opened_at IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO nominations (edition_id, nr, language)
    VALUES (edition.id, next_nomination(edition.id), new_language) RETURNING id INTO made;
    INSERT INTO nomination_keys VALUES (new_key, edition.id, made, 'draft', now() + interval '120 days');
    PERFORM nominate_by(new_key);
    RETURN made;
END
$$;

-- The offices in force of whoever asks. The policies of `offices` themselves ask it.
CREATE FUNCTION office_in(wanted uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT id FROM offices WHERE edition_id = wanted AND account_id = my_account() AND ended_at IS NULL $$;

CREATE FUNCTION holds(wanted uuid, wanted_offices text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM offices WHERE edition_id = wanted AND account_id = my_account() AND ended_at IS NULL
                   AND office = ANY (wanted_offices))
$$;

-- The next number in an edition, also after those that the asker does not see; whoever begins one holds the edition's row.
CREATE FUNCTION next_nomination(wanted uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM FROM editions WHERE id = wanted FOR UPDATE;
    RETURN (SELECT coalesce(max(nr), 0) + 1 FROM nominations WHERE edition_id = wanted);
END
$$;

-- The ruling that holds on a tie, null while it waits or nothing was declared.
CREATE FUNCTION ruling_on(wanted_nomination uuid, wanted_office uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT ruling FROM ties WHERE nomination_id = wanted_nomination AND office_id = wanted_office ORDER BY nr DESC LIMIT 1
$$;

-- Whether what a nomination says opens to whoever asks, as somebody in its jury without a tie; a substitute is one when called in.
CREATE FUNCTION opens_to_me(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (
        SELECT FROM nominations n JOIN offices o ON o.edition_id = n.edition_id
        WHERE n.id = wanted AND n.status IN ('submitted', 'complete', 'withdrawn', 'merged')
          AND o.account_id = my_account() AND o.ended_at IS NULL AND (o.office <> 'substitute' OR o.called_in_at IS NOT NULL)
          AND ruling_on(n.id, o.id) = 'allowed'
    )
$$;

CREATE FUNCTION i_nominated(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM nominations WHERE id = wanted AND (account_id = my_account() OR id = my_nomination())) $$;

CREATE FUNCTION edition_of(wanted uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT edition_id FROM nominations WHERE id = wanted $$;

-- Whether a nomination's prize is known to everybody: embargo until the ceremony.
CREATE FUNCTION announced(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM awards a JOIN editions e ON e.id = a.edition_id
                   WHERE a.nomination_id = wanted AND e.ceremony_at <= now())
$$;

-- The editions in whose journal whoever asks may write.
CREATE FUNCTION my_editions() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT my_edition() WHERE my_edition() IS NOT NULL
    UNION SELECT edition_id FROM offices WHERE account_id = my_account() AND ended_at IS NULL
    UNION SELECT edition_id FROM nominations WHERE account_id = my_account() OR id = my_nomination()
$$;

-- The chair appoints by address. Whether the address had an account is not told.
CREATE FUNCTION appointed_account(wanted_edition uuid, wanted_email text, wanted_name text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE found uuid;
BEGIN
    IF NOT holds(wanted_edition, '{chair,deputy}') THEN
        RAISE insufficient_privilege USING MESSAGE = 'only the chair or the deputy names jurors';
    END IF;
    INSERT INTO accounts (email, name) VALUES (lower(wanted_email), wanted_name) ON CONFLICT (email) DO NOTHING;
    SELECT id INTO found FROM accounts WHERE email = lower(wanted_email);
    RETURN found;
END
$$;

-- Once an edition is opened, its rules stand; only that it was stopped or goes on is written down.
CREATE FUNCTION guard_rules() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    IF OLD.opened_at IS NOT NULL AND (to_jsonb(NEW) - 'stopped_at' - 'stopped_for') <> (to_jsonb(OLD) - 'stopped_at' - 'stopped_for')
    THEN
        RAISE check_violation USING MESSAGE = 'the rules of an opened edition stand';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER editions_rules BEFORE UPDATE ON editions FOR EACH ROW EXECUTE FUNCTION guard_rules();

GRANT EXECUTE ON FUNCTION my_edition, my_nomination, serve_edition, nominate_by, start_nomination, next_nomination, office_in, holds, ruling_on, opens_to_me, i_nominated, edition_of,
    announced, my_editions, appointed_account TO trygg_app;

-- Rights -----------------------------------------------------------------------------------------------------------------

-- What an opened edition says is for everybody; a draft is for its secretary, its offices and the operator.
ALTER TABLE editions ENABLE ROW LEVEL SECURITY;
CREATE POLICY editions_read ON editions FOR SELECT TO trygg_app USING (
    opened_at IS NOT NULL OR (SELECT i_am_operator()) OR id = (SELECT my_edition()) OR office_in(id) IS NOT NULL
);
CREATE POLICY editions_create ON editions FOR INSERT TO trygg_app WITH CHECK ((SELECT i_am_operator()));
CREATE POLICY editions_change ON editions FOR UPDATE TO trygg_app USING (
    (SELECT i_am_operator()) OR holds(id, '{secretary,chair,deputy}')
);
GRANT SELECT, INSERT ON editions TO trygg_app;
GRANT UPDATE (name, theme, about, sum_kr, winners_most, quorum, opens_on, closes_on, assess_from, assess_until, ceremony_at, criteria,
    opened_at, rules_hash, stopped_at, stopped_for) ON editions TO trygg_app;

ALTER TABLE offices ENABLE ROW LEVEL SECURITY;
CREATE POLICY offices_read ON offices FOR SELECT TO trygg_app USING (
    (SELECT i_am_operator()) OR edition_id = (SELECT my_edition()) OR office_in(edition_id) IS NOT NULL
    OR account_id = (SELECT my_account())
);
-- the operator appoints the secretary and the chair, the chair everybody else, and the deputy substitutes where the chair is tied
CREATE POLICY offices_appoint ON offices FOR INSERT TO trygg_app WITH CHECK (
    ((SELECT i_am_operator()) AND appointed_by_id IS NULL)
    OR (appointed_by_id = office_in(edition_id) AND (
        (holds(edition_id, '{chair}') AND office NOT IN ('chair', 'secretary'))
        OR (holds(edition_id, '{deputy}') AND office = 'substitute')))
);
CREATE POLICY offices_change ON offices FOR UPDATE TO trygg_app USING (
    (SELECT i_am_operator()) OR holds(edition_id, '{chair,deputy}')
);
GRANT SELECT, INSERT ON offices TO trygg_app;
GRANT UPDATE (called_in_at, ended_at) ON offices TO trygg_app;

-- The jury sees the cover of what was sent in, its nominator all of it, everybody that of an announced winner.
ALTER TABLE nominations ENABLE ROW LEVEL SECURITY;
CREATE POLICY nominations_read ON nominations FOR SELECT TO trygg_app USING (
    (status NOT IN ('draft', 'unconfirmed') AND office_in(edition_id) IS NOT NULL)
    OR edition_id = (SELECT my_edition()) OR account_id = (SELECT my_account()) OR id = (SELECT my_nomination()) OR announced(id)
);
CREATE POLICY nominations_start ON nominations FOR INSERT TO trygg_app WITH CHECK (account_id = (SELECT my_account()));
CREATE POLICY nominations_change ON nominations FOR UPDATE TO trygg_app USING (
    account_id = (SELECT my_account()) OR id = (SELECT my_nomination())
    OR (holds(edition_id, '{secretary}') AND opens_to_me(id))
);
GRANT SELECT, INSERT ON nominations TO trygg_app;
GRANT UPDATE (title, organisations, status, into_id, language, changed_at, submitted_at, version) ON nominations TO trygg_app;

ALTER TABLE nomination_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY nomination_keys_make ON nomination_keys FOR INSERT TO trygg_app WITH CHECK (edition_id = (SELECT my_edition()));
GRANT INSERT ON nomination_keys TO trygg_app;

-- Who is tied to a nomination is seen by those to whom it opens, and by those who lead while they are not excluded themselves; each
-- sees and declares their own, those who lead rule and discover.
ALTER TABLE ties ENABLE ROW LEVEL SECURITY;
CREATE POLICY ties_read ON ties FOR SELECT TO trygg_app USING (
    office_id = office_in(edition_id) OR edition_id = (SELECT my_edition()) OR opens_to_me(nomination_id)
    OR (holds(edition_id, '{secretary,chair,deputy}') AND ruling_on(nomination_id, office_in(edition_id)) IS DISTINCT FROM 'excluded')
);
CREATE POLICY ties_write ON ties FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND (
        (office_id = by_id AND step = 'declared')
        OR (office_id <> by_id AND step IN ('ruled', 'discovered') AND holds(edition_id, '{secretary,chair,deputy}')))
);
GRANT SELECT, INSERT ON ties TO trygg_app;

ALTER TABLE awards ENABLE ROW LEVEL SECURITY;
CREATE POLICY awards_read ON awards FOR SELECT TO trygg_app USING (
    announced(nomination_id) OR opens_to_me(nomination_id)
    OR (nomination_id IS NULL AND (office_in(edition_id) IS NOT NULL
        OR EXISTS (SELECT FROM editions e WHERE e.id = edition_id AND e.ceremony_at <= now())))
);
CREATE POLICY awards_decide ON awards FOR INSERT TO trygg_app WITH CHECK (
    decided_by_id = office_in(edition_id) AND holds(edition_id, '{chair,deputy}')
    AND (nomination_id IS NULL OR opens_to_me(nomination_id))
);
GRANT SELECT, INSERT ON awards TO trygg_app;

-- An edition has a chain of its own in the journal.
CREATE POLICY journal_edition ON journal FOR INSERT TO trygg_app WITH CHECK (
    chain IN (SELECT e::text FROM my_editions() e) AND (member_id IS NULL OR member_id = office_in(chain::uuid))
);
CREATE POLICY journal_edition_read ON journal FOR SELECT TO trygg_app USING (chain = (SELECT my_edition())::text);
CREATE POLICY journal_heads_edition ON journal_heads TO trygg_app USING (chain IN (SELECT e::text FROM my_editions() e));

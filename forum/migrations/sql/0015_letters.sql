-- Letters and what they are about: contacts of organisations without accounts, links to one measure, notices, and who wants
-- what by mail.

-- Where an organisation without accounts is written to: personal data, apart from the register.
CREATE TABLE contacts (
    organisation_id uuid PRIMARY KEY,
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    email text NOT NULL CHECK (email = lower(email)),
    set_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);

-- That a letter is or was on its way, and to whom. Its address and its words are found when it is sent, and kept nowhere.
CREATE TABLE letters (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('link', 'notice', 'digest', 'invitation', 'minutes')),
    key text NOT NULL,
    about_id uuid,
    member_id uuid,
    organisation_id uuid,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, key),
    CHECK ((member_id IS NULL) <> (organisation_id IS NULL)),
    FOREIGN KEY (forum_id, member_id) REFERENCES members (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX letters_created ON letters (created_at);

-- A secret address under which a measure's owner answers for that one measure; `key` is the secret's SHA-256 digest, null
-- until its letter is written.
CREATE TABLE measure_links (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    measure_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    asked_by_id uuid NOT NULL,
    key text UNIQUE,
    delivery text NOT NULL DEFAULT 'waiting' CHECK (delivery IN ('waiting', 'sent', 'failed')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_on date NOT NULL,
    ended_at timestamptz,
    FOREIGN KEY (forum_id, measure_id) REFERENCES measures (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, asked_by_id) REFERENCES organisations (forum_id, id)
);
CREATE UNIQUE INDEX measure_links_one ON measure_links (measure_id) WHERE ended_at IS NULL;

-- What happened that somebody is told: the members of these organisations, and those who lead the forum.
CREATE TABLE notices (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('assigned', 'overdue', 'reopened', 'declined', 'handed_over')),
    measure_id uuid,
    place_id uuid,
    organisations uuid[] NOT NULL,
    leaders boolean NOT NULL,
    due_on date,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, id),
    CHECK ((measure_id IS NULL) <> (place_id IS NULL)),
    FOREIGN KEY (forum_id, measure_id) REFERENCES measures (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, place_id) REFERENCES places (forum_id, id) ON DELETE CASCADE
);
CREATE INDEX notices_newest ON notices (forum_id, at DESC);
-- for one day a measure is overdue once
CREATE UNIQUE INDEX notices_overdue ON notices (measure_id, due_on) WHERE kind = 'overdue';

CREATE TABLE notice_reads (
    notice_id uuid NOT NULL,
    member_id uuid NOT NULL,
    forum_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (notice_id, member_id),
    FOREIGN KEY (forum_id, notice_id) REFERENCES notices (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, member_id) REFERENCES members (forum_id, id)
);

-- What a member wants by mail; who has said nothing wants both.
CREATE TABLE subscriptions (
    member_id uuid PRIMARY KEY,
    forum_id uuid NOT NULL,
    notices boolean NOT NULL DEFAULT true,
    digest boolean NOT NULL DEFAULT true,
    FOREIGN KEY (forum_id, member_id) REFERENCES members (forum_id, id)
);

-- Who a transaction answers for, and which measure, when it acts by such a link. It is then no member of any forum: every
-- policy that asks for one shows it nothing, and the policies named *_by_link alone let it through.
CREATE FUNCTION answered_measure() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.answered_measure', true), '')::uuid $$;

CREATE FUNCTION answering_forum() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.answering_forum', true), '')::uuid $$;

CREATE FUNCTION answering_organisation() RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT nullif(current_setting('trygg.answering_organisation', true), '')::uuid $$;

-- As before; and whoever acted by a link no longer does.
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
        set_config('trygg.answering_organisation', '', true);
    SELECT * INTO who FROM me();
    PERFORM set_config('trygg.forum', coalesce(who.forum_id::text, ''), true),
        set_config('trygg.organisation', coalesce(who.organisation_id::text, ''), true),
        set_config('trygg.authority', coalesce(who.authority::text, ''), true),
        set_config('trygg.role', coalesce(who.role, ''), true);
END
$$;

-- Lets the transaction answer by a link that holds, and tells what its page says. Nothing for one that is unknown, ended, too
-- old, whose measure has another owner now, or is not for the whole forum to see any more.
CREATE FUNCTION answer_by(
    wanted_key text, OUT link_id uuid, OUT forum_id uuid, OUT forum_slug text, OUT forum_name text, OUT demo boolean,
    OUT organisation_id uuid, OUT organisation_name text, OUT measure_id uuid, OUT place_name text, OUT asked_by text
) RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM act(NULL, NULL, NULL, false, NULL);
    SELECT l.id, f.id, f.slug, f.name, f.demo, o.id, o.name, m.id, p.name, a.name
    INTO link_id, forum_id, forum_slug, forum_name, demo, organisation_id, organisation_name, measure_id, place_name, asked_by
    FROM measure_links l JOIN measures m ON m.id = l.measure_id AND m.owner_id = l.organisation_id
    JOIN places p ON p.id = m.place_id JOIN forums f ON f.id = l.forum_id
    JOIN organisations o ON o.id = l.organisation_id JOIN organisations a ON a.id = l.asked_by_id
    WHERE l.key = wanted_key AND l.ended_at IS NULL AND l.expires_on >= (now() AT TIME ZONE 'Europe/Stockholm')::date
      AND m.visibility IN ('forum', 'public') AND p.visibility IN ('forum', 'public');
    IF FOUND THEN
        PERFORM set_config('trygg.answered_measure', measure_id::text, true),
            set_config('trygg.answering_forum', forum_id::text, true),
            set_config('trygg.answering_organisation', organisation_id::text, true);
        RETURN NEXT;
    END IF;
END
$$;

-- What is of no use any more goes, in every forum. A letter that could not be sent in a day is not sent later.
CREATE FUNCTION forget_letters() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM letters WHERE created_at < now() - interval '30 days';
    UPDATE letters SET status = 'failed', changed_at = now()
    WHERE status IN ('waiting', 'sending') AND created_at < now() - interval '1 day';
    UPDATE measure_links SET delivery = 'failed' WHERE delivery = 'waiting' AND created_at < now() - interval '1 day';
    DELETE FROM measure_links
    WHERE ended_at < now() - interval '30 days' OR expires_on < (now() - interval '30 days')::date;
    DELETE FROM notices WHERE at < now() - interval '180 days';
$$;

GRANT EXECUTE ON FUNCTION answered_measure, answering_forum, answering_organisation, answer_by, forget_letters TO trygg_app;

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
CREATE POLICY contacts_read ON contacts FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT may_lead()));
CREATE POLICY contacts_keep ON contacts TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'administrator');
GRANT SELECT, INSERT, DELETE ON contacts TO trygg_app;
GRANT UPDATE (email, set_at) ON contacts TO trygg_app;

-- The forum's own work alone writes letters and reads who got which.
ALTER TABLE letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY letters_work ON letters TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'system');
GRANT SELECT, INSERT ON letters TO trygg_app;
GRANT UPDATE (status, changed_at) ON letters TO trygg_app;

ALTER TABLE measure_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY measure_links_read ON measure_links FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND EXISTS (SELECT FROM measures m WHERE m.id = measure_id)
);
CREATE POLICY measure_links_create ON measure_links FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND asked_by_id = (SELECT my_organisation())
    AND EXISTS (SELECT FROM measures m WHERE m.id = measure_id AND m.visibility IN ('forum', 'public'))
);
CREATE POLICY measure_links_change ON measure_links FOR UPDATE TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT may_lead()));
GRANT SELECT, INSERT ON measure_links TO trygg_app;
GRANT UPDATE (key, delivery, ended_at) ON measure_links TO trygg_app;

-- Whoever is told, as long as they may see what it is about.
ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
CREATE POLICY notices_read ON notices FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND ((SELECT my_role()) = 'system' OR (leaders AND (SELECT may_lead())) OR (SELECT my_organisation()) = ANY (organisations))
    AND (measure_id IS NULL OR EXISTS (SELECT FROM measures m WHERE m.id = measure_id))
    AND (place_id IS NULL OR EXISTS (SELECT FROM places p WHERE p.id = place_id))
);
CREATE POLICY notices_tell ON notices FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write())
    AND (measure_id IS NULL OR EXISTS (SELECT FROM measures m WHERE m.id = measure_id))
    AND (place_id IS NULL OR EXISTS (SELECT FROM places p WHERE p.id = place_id))
);
GRANT SELECT, INSERT ON notices TO trygg_app;

ALTER TABLE notice_reads ENABLE ROW LEVEL SECURITY;
CREATE POLICY notice_reads_own ON notice_reads TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND member_id = (SELECT my_member()));
CREATE POLICY notice_reads_work ON notice_reads FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'system');
GRANT SELECT, INSERT ON notice_reads TO trygg_app;

ALTER TABLE subscriptions ENABLE ROW LEVEL SECURITY;
CREATE POLICY subscriptions_own ON subscriptions TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND member_id = (SELECT my_member()));
CREATE POLICY subscriptions_work ON subscriptions TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT my_role()) = 'system');
GRANT SELECT, INSERT ON subscriptions TO trygg_app;
GRANT UPDATE (notices, digest) ON subscriptions TO trygg_app;

-- What a link lets through: the one measure, and what its step leaves behind.
CREATE POLICY measures_by_link ON measures FOR SELECT TO trygg_app USING (id = (SELECT answered_measure()));
CREATE POLICY measures_answer_by_link ON measures FOR UPDATE TO trygg_app
    USING (id = (SELECT answered_measure()) AND owner_id = (SELECT answering_organisation()));
CREATE POLICY agreements_by_link ON agreements FOR SELECT TO trygg_app
    USING (forum_id = (SELECT answering_forum()) AND organisation_id = (SELECT answering_organisation()));
CREATE POLICY steps_by_link ON steps TO trygg_app
    USING (thing_id = (SELECT answered_measure()) AND organisation_id = (SELECT answering_organisation()));
CREATE POLICY journal_by_link ON journal FOR INSERT TO trygg_app WITH CHECK (
    chain = (SELECT answering_forum())::text AND member_id IS NULL AND thing_id = (SELECT answered_measure())
);
CREATE POLICY journal_heads_by_link ON journal_heads TO trygg_app USING (chain = (SELECT answering_forum())::text);
CREATE POLICY notices_by_link ON notices FOR INSERT TO trygg_app
    WITH CHECK (forum_id = (SELECT answering_forum()) AND measure_id = (SELECT answered_measure()));

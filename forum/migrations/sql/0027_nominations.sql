-- What a nomination says beyond its cover, with its evidence. Each table asks the rights of 0023: a nomination opens to somebody in the
-- jury after the ruling, to whoever wrote it, and to everybody once its prize is announced.

CREATE TABLE contents (
    nomination_id uuid PRIMARY KEY,
    edition_id uuid NOT NULL,
    problem text NOT NULL DEFAULT '',
    done text NOT NULL DEFAULT '',
    added text NOT NULL DEFAULT '',
    results text NOT NULL DEFAULT '',
    method text NOT NULL DEFAULT '',
    limits text NOT NULL DEFAULT '',
    others text NOT NULL DEFAULT '',
    records jsonb NOT NULL DEFAULT '[]',
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE
);

-- Whom to write to about a nomination: personal data, kept apart, gone 90 days after the ceremony.
CREATE TABLE nominators (
    nomination_id uuid PRIMARY KEY,
    edition_id uuid NOT NULL,
    name text NOT NULL,
    email text NOT NULL CHECK (email = lower(email)),
    confirmed_at timestamptz,
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE
);

-- What a nomination rests on, as everybody may see it: a snapshot of its source, or a document that was brought.
CREATE TABLE evidence (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    nr integer NOT NULL CHECK (nr > 0),
    kind text NOT NULL CHECK (kind IN ('effect', 'picture', 'decision', 'minutes', 'document', 'publication')),
    title text NOT NULL,
    forum_id uuid,
    source_id uuid,
    source_hash bytea,
    content jsonb NOT NULL DEFAULT '{}',
    document bytea CHECK ((document IS NOT NULL) = (kind = 'document')),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    added_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((source_id IS NULL) = (kind = 'document')),
    UNIQUE (nomination_id, nr),
    UNIQUE (nomination_id, source_id),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE
);

-- What was sent in, sealed: digests and hashes, no words. Nobody changes one.
CREATE TABLE packs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    nr integer NOT NULL CHECK (nr > 0),
    content jsonb NOT NULL,
    salt bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    sealed_at timestamptz NOT NULL,
    UNIQUE (nomination_id, nr),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE
);

-- What the secretary asked for, once, and what was answered, once.
CREATE TABLE supplements (
    nomination_id uuid PRIMARY KEY,
    edition_id uuid NOT NULL,
    words text NOT NULL,
    last_day date NOT NULL,
    asked_by_id uuid NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    answer text NOT NULL DEFAULT '',
    answered_at timestamptz CHECK ((answered_at IS NULL) = (answer = '')),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, asked_by_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);

-- That a letter about a nomination is on its way: no address, no words, no secret.
CREATE TABLE nomination_letters (
    id uuid PRIMARY KEY,
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('confirm', 'supplement')),
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE
);

-- Whether whoever asks still writes on a nomination of their own: what was sent in stands.
CREATE FUNCTION i_write(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM nominations WHERE id = wanted AND status IN ('draft', 'unconfirmed')
                   AND (account_id = my_account() OR id = my_nomination()))
$$;

-- Whether the same sender, by account or by an address that was confirmed, has sent in the same effort in this edition: the same title
-- and organisations, the order and the size of letters aside.
CREATE FUNCTION nominated_before(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (
        SELECT FROM nominations mine JOIN nominations n ON n.edition_id = mine.edition_id AND n.id <> mine.id
        LEFT JOIN nominators me ON me.nomination_id = mine.id LEFT JOIN nominators other ON other.nomination_id = n.id
        WHERE mine.id = wanted AND i_nominated(wanted) AND n.status IN ('submitted', 'complete', 'merged')
          AND (n.account_id = mine.account_id OR (other.email = me.email AND other.confirmed_at IS NOT NULL))
          AND lower(n.title) = lower(mine.title)
          AND (SELECT array_agg(lower(o) ORDER BY lower(o)) FROM unnest(n.organisations) o)
              IS NOT DISTINCT FROM (SELECT array_agg(lower(o) ORDER BY lower(o)) FROM unnest(mine.organisations) o)
    )
$$;

-- Once a letter was answered its own address alone opens the nomination: whoever began the draft may have been somebody else.
CREATE FUNCTION end_drafts(letter_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM nomination_keys WHERE kind = 'draft' AND nomination_id IN (
        SELECT nomination_id FROM nomination_keys WHERE key = letter_key AND kind = 'letter' AND expires_at > now())
$$;

-- Who nominated is forgotten 90 days after the ceremony; what was never sent in 30 days after the last day, with all that belongs to it.
CREATE FUNCTION forget_nominators() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM nominators n USING editions e WHERE e.id = n.edition_id AND e.ceremony_at + interval '90 days' < now();
    DELETE FROM nominations n USING editions e
        WHERE e.id = n.edition_id AND n.status IN ('draft', 'unconfirmed') AND e.closes_on + 30 < current_date;
    DELETE FROM nomination_keys WHERE expires_at < now();
    DELETE FROM nomination_letters WHERE changed_at < now() - interval '30 days';
$$;

GRANT EXECUTE ON FUNCTION i_write, nominated_before, end_drafts, forget_nominators TO trygg_app;

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE contents ENABLE ROW LEVEL SECURITY;
CREATE POLICY contents_read ON contents FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR i_nominated(nomination_id) OR announced(nomination_id)
);
CREATE POLICY contents_make ON contents FOR INSERT TO trygg_app WITH CHECK (i_write(nomination_id));
CREATE POLICY contents_change ON contents FOR UPDATE TO trygg_app USING (i_write(nomination_id));
GRANT SELECT, INSERT ON contents TO trygg_app;
GRANT UPDATE (problem, done, added, results, method, limits, others, records) ON contents TO trygg_app;

-- the jury never sees who to write to: letters are sent by the edition's own work
ALTER TABLE nominators ENABLE ROW LEVEL SECURITY;
CREATE POLICY nominators_read ON nominators FOR SELECT TO trygg_app USING (
    i_nominated(nomination_id) OR edition_id = (SELECT my_edition())
);
CREATE POLICY nominators_make ON nominators FOR INSERT TO trygg_app WITH CHECK (i_write(nomination_id));
CREATE POLICY nominators_change ON nominators FOR UPDATE TO trygg_app USING (i_write(nomination_id));
GRANT SELECT, INSERT ON nominators TO trygg_app;
GRANT UPDATE (name, email, confirmed_at) ON nominators TO trygg_app;

-- everybody sees a winner's evidence but the documents that were brought: those are for the jury
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY evidence_read ON evidence FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR i_nominated(nomination_id) OR (kind <> 'document' AND announced(nomination_id))
);
CREATE POLICY evidence_add ON evidence FOR INSERT TO trygg_app WITH CHECK (i_write(nomination_id));
CREATE POLICY evidence_remove ON evidence FOR DELETE TO trygg_app USING (i_write(nomination_id));
GRANT SELECT, INSERT, DELETE ON evidence TO trygg_app;

ALTER TABLE packs ENABLE ROW LEVEL SECURITY;
CREATE POLICY packs_read ON packs FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR i_nominated(nomination_id) OR edition_id = (SELECT my_edition())
);
CREATE POLICY packs_seal ON packs FOR INSERT TO trygg_app WITH CHECK (i_nominated(nomination_id));
GRANT SELECT, INSERT ON packs TO trygg_app;

ALTER TABLE supplements ENABLE ROW LEVEL SECURITY;
CREATE POLICY supplements_read ON supplements FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR i_nominated(nomination_id)
);
CREATE POLICY supplements_ask ON supplements FOR INSERT TO trygg_app WITH CHECK (
    asked_by_id = office_in(edition_id) AND holds(edition_id, '{secretary}') AND opens_to_me(nomination_id)
);
CREATE POLICY supplements_answer ON supplements FOR UPDATE TO trygg_app USING (i_nominated(nomination_id));
GRANT SELECT, INSERT ON supplements TO trygg_app;
GRANT UPDATE (answer, answered_at) ON supplements TO trygg_app;

ALTER TABLE nomination_letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY nomination_letters_read ON nomination_letters FOR SELECT TO trygg_app USING (edition_id = (SELECT my_edition()));
CREATE POLICY nomination_letters_write ON nomination_letters FOR INSERT TO trygg_app WITH CHECK (
    i_nominated(nomination_id) OR (holds(edition_id, '{secretary}') AND opens_to_me(nomination_id))
);
CREATE POLICY nomination_letters_settle ON nomination_letters FOR UPDATE TO trygg_app USING (edition_id = (SELECT my_edition()));
GRANT SELECT, INSERT ON nomination_letters TO trygg_app;
GRANT UPDATE (status, changed_at) ON nomination_letters TO trygg_app;

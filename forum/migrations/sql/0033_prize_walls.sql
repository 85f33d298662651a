-- What was said, ruled, voted and handed in goes with the person and not with the office; one decides at a time; what a tied hand has led is
-- set aside; what was never sent in reaches nobody.

-- Lets nobody else decide in an edition until the transaction ends: what is decided on what another is just changing stands on nothing.
CREATE FUNCTION hold_edition(wanted uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM FROM editions WHERE id = wanted FOR UPDATE;
END
$$;

-- The offices of the one who holds this one, in the same edition, also those that have ended.
CREATE FUNCTION same_person(wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT other.id FROM offices mine JOIN offices other USING (edition_id, account_id) WHERE mine.id = wanted
$$;

-- The same of whoever asks and holds an office there.
CREATE FUNCTION my_offices(wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT same_person(office_in(wanted)) $$;

CREATE OR REPLACE FUNCTION ruling_on(wanted_nomination uuid, wanted_office uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT ruling FROM ties WHERE nomination_id = wanted_nomination AND office_id IN (SELECT same_person(wanted_office)) ORDER BY nr DESC LIMIT 1
$$;

CREATE OR REPLACE FUNCTION leaderless(wanted_edition uuid, wanted_nomination uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$
    SELECT count(*) > 0 AND count(*) FILTER (WHERE ruling = 'allowed' OR NOT declared) = 0
        AND count(*) FILTER (WHERE declared AND ruling IS NULL) < 2
    FROM (SELECT ruling_on(wanted_nomination, o.id) AS ruling,
                 EXISTS (SELECT FROM ties t WHERE t.nomination_id = wanted_nomination AND t.office_id IN (SELECT same_person(o.id))) AS declared
          FROM offices o WHERE o.edition_id = wanted_edition AND o.office IN ('chair', 'deputy') AND o.ended_at IS NULL) leads
$$;

-- What was found on a must-criterion counts while whoever wrote it stands free of the nomination.
CREATE OR REPLACE FUNCTION in_the_running(wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n.id FROM nominations n
    WHERE n.edition_id = wanted AND n.status IN ('submitted', 'complete') AND NOT EXISTS (
        SELECT FROM (SELECT DISTINCT ON (criterion) met FROM gate_verdicts
                     WHERE nomination_id = n.id AND ruling_on(n.id, by_id) = 'allowed' ORDER BY criterion, nr DESC) last
        WHERE NOT met)
$$;

CREATE OR REPLACE FUNCTION i_handed_in(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM assessments
                   WHERE nomination_id = wanted AND office_id IN (SELECT my_offices(edition_id)) AND handed_in_at IS NOT NULL)
$$;

-- Whether whoever asks has voted on a motion. The policies of `votes` themselves ask it.
CREATE FUNCTION i_voted(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM votes WHERE motion_id = wanted AND office_id IN (SELECT my_offices(edition_id))) $$;

-- Whether a vote is open in an edition, also on what is closed to whoever asks.
CREATE FUNCTION voting(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM motions WHERE edition_id = wanted AND closed_at IS NULL) $$;

-- Whether whoever asks sent in a nomination: by their account, or by a letter to its address that was answered.
CREATE FUNCTION i_sent_in(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM nominations n LEFT JOIN nominators c ON c.nomination_id = n.id
                   WHERE n.id = wanted AND (n.account_id = my_account() OR (c.confirmed_at IS NOT NULL
                         AND c.email = (SELECT email FROM accounts WHERE id = my_account()))))
$$;

-- A tie that closes a nomination to somebody sets aside the motions that they put, voted on or closed, and what followed from these or what
-- they decided, until the ceremony; what they assessed or found no longer counts by itself, for that is asked of their tie.
ALTER TABLE motions ADD COLUMN closed_by_id uuid, ADD FOREIGN KEY (edition_id, closed_by_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE;
GRANT UPDATE (closed_by_id) ON motions TO trygg_app;

CREATE OR REPLACE FUNCTION set_aside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    whose uuid[] := ARRAY(SELECT same_person(NEW.office_id));
BEGIN
    IF EXISTS (SELECT FROM editions WHERE id = NEW.edition_id AND ceremony_at <= now()) THEN
        RETURN NEW;
    END IF;
    UPDATE motions m SET outcome = 'set_aside', closed_at = coalesce(closed_at, now())
    WHERE m.edition_id = NEW.edition_id AND m.outcome IS DISTINCT FROM 'set_aside'
      AND (m.nomination_id = NEW.nomination_id
           OR (m.nomination_id IS NULL AND NEW.nomination_id IN (SELECT in_the_running(NEW.edition_id))))
      AND (m.by_id = ANY (whose) OR m.closed_by_id = ANY (whose)
           OR EXISTS (SELECT FROM votes v WHERE v.motion_id = m.id AND v.office_id = ANY (whose)));
    UPDATE awards a SET set_aside_at = now() FROM motions m
    WHERE m.id = a.motion_id AND a.edition_id = NEW.edition_id AND a.set_aside_at IS NULL
      AND (m.outcome = 'set_aside' OR (a.decided_by_id = ANY (whose) AND a.nomination_id IS NOT DISTINCT FROM NEW.nomination_id));
    RETURN NEW;
END
$$;

-- Once a letter was answered its own address alone opens the nomination: whoever began the draft, or got another letter, may be somebody else.
CREATE OR REPLACE FUNCTION end_drafts(letter_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM nomination_keys WHERE key <> letter_key AND nomination_id IN (
        SELECT nomination_id FROM nomination_keys WHERE key = letter_key AND kind = 'letter' AND expires_at > now())
$$;

-- What is changed after it was sent is sent anew: the letters that were to confirm it open nothing any more.
CREATE FUNCTION end_letters(wanted uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM nomination_keys WHERE nomination_id = wanted AND kind = 'letter' AND i_write(wanted);
    UPDATE nomination_letters SET status = 'dropped', changed_at = now() WHERE nomination_id = wanted AND status = 'waiting' AND i_write(wanted);
$$;

-- Whether whoever asks prepares the basis of a nomination: the secretary, whoever leads where there is none or the secretary is tied.
CREATE FUNCTION prepares(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT opens_to_me(wanted) AND (holds(edition_of(wanted), '{secretary}') OR (holds(edition_of(wanted), '{chair,deputy}') AND NOT EXISTS (
        SELECT FROM offices o WHERE o.edition_id = edition_of(wanted) AND o.office = 'secretary' AND o.ended_at IS NULL
            AND (ruling_on(wanted, o.id) = 'allowed'
                 OR NOT EXISTS (SELECT FROM ties t WHERE t.nomination_id = wanted AND t.office_id IN (SELECT same_person(o.id)))))))
$$;

GRANT EXECUTE ON FUNCTION prepares, hold_edition, same_person, my_offices, i_voted, i_sent_in, voting, end_letters TO trygg_app;

-- Nominations ------------------------------------------------------------------------------------------------------------

-- The organisations of those that were joined with it stand beside its own, which are sealed.
ALTER TABLE nominations ADD COLUMN joined text[] NOT NULL DEFAULT '{}';
GRANT UPDATE (joined) ON nominations TO trygg_app;

-- What was never sent in is thrown away by whoever wrote it, and reaches nobody.
CREATE POLICY nominations_throw_away ON nominations FOR DELETE TO trygg_app USING (
    status IN ('draft', 'unconfirmed') AND (account_id = (SELECT my_account()) OR id = (SELECT my_nomination()))
);
GRANT DELETE ON nominations TO trygg_app;

-- What was joined with one that is taken back stands on its own again.
CREATE FUNCTION part_again() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE nominations SET status = 'submitted', into_id = NULL, version = version + 1, changed_at = now()
    WHERE into_id = NEW.id AND status = 'merged';
    RETURN NEW;
END
$$;
CREATE TRIGGER nominations_part AFTER UPDATE OF status ON nominations FOR EACH ROW
    WHEN (NEW.status = 'withdrawn' AND OLD.status <> 'withdrawn') EXECUTE FUNCTION part_again();

-- Whoever nominated is told how it went, as they were promised: once, when the prize has been given.
ALTER TABLE nomination_letters DROP CONSTRAINT nomination_letters_kind_check,
    ADD CONSTRAINT nomination_letters_kind_check CHECK (kind IN ('confirm', 'supplement', 'outcome'));

CREATE FUNCTION untold_outcomes() RETURNS TABLE (edition_id uuid, nomination_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n.edition_id, n.id FROM nominations n JOIN editions e ON e.id = n.edition_id JOIN nominators c ON c.nomination_id = n.id
    WHERE e.ceremony_at <= now() AND e.ceremony_at > now() - interval '30 days' AND c.confirmed_at IS NOT NULL
      AND n.status IN ('submitted', 'complete', 'merged')
      AND EXISTS (SELECT FROM awards a WHERE a.edition_id = e.id AND a.set_aside_at IS NULL)
      AND NOT EXISTS (SELECT FROM nomination_letters l WHERE l.nomination_id = n.id AND l.kind = 'outcome')
$$;
GRANT EXECUTE ON FUNCTION untold_outcomes TO trygg_app;

DROP POLICY nomination_letters_write ON nomination_letters;
CREATE POLICY nomination_letters_write ON nomination_letters FOR INSERT TO trygg_app WITH CHECK (
    i_nominated(nomination_id) OR prepares(nomination_id) OR (kind = 'outcome' AND edition_id = (SELECT my_edition()))
);

-- Rights -----------------------------------------------------------------------------------------------------------------

DROP POLICY ties_read ON ties;
CREATE POLICY ties_read ON ties FOR SELECT TO trygg_app USING (
    office_id IN (SELECT my_offices(edition_id)) OR edition_id = (SELECT my_edition()) OR opens_to_me(nomination_id)
    OR (holds(edition_id, '{secretary,chair,deputy}') AND ruling_on(nomination_id, office_in(edition_id)) IS DISTINCT FROM 'excluded')
);

-- Who sent it in is tied to it; who leads rules and discovers; who is excluded themselves does neither.
DROP POLICY ties_write ON ties;
CREATE POLICY ties_write ON ties FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND (
        (office_id = by_id AND step = 'declared' AND (ruling IS NOT DISTINCT FROM 'excluded' OR NOT i_sent_in(nomination_id)))
        OR (NOT office_id IN (SELECT my_offices(edition_id)) AND ruling_on(nomination_id, by_id) IS DISTINCT FROM 'excluded'
            AND ((step = 'ruled' AND holds(edition_id, '{chair,deputy}'))
                 OR (step = 'discovered' AND holds(edition_id, '{secretary,chair,deputy}')))))
);

DROP POLICY votes_read ON votes;
CREATE POLICY votes_read ON votes FOR SELECT TO trygg_app USING (
    EXISTS (SELECT FROM motions m WHERE m.id = motion_id AND (m.closed_at IS NOT NULL OR office_id IN (SELECT my_offices(m.edition_id))))
);
DROP POLICY votes_cast ON votes;
CREATE POLICY votes_cast ON votes FOR INSERT TO trygg_app WITH CHECK (
    office_id = office_in(edition_id) AND stands_free(edition_id, nomination_id, office_id) AND NOT i_voted(motion_id)
    AND EXISTS (SELECT FROM motions m WHERE m.id = motion_id AND m.closed_at IS NULL AND m.nomination_id IS NOT DISTINCT FROM votes.nomination_id)
);

DROP POLICY assessments_read ON assessments;
CREATE POLICY assessments_read ON assessments FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) AND (office_id IN (SELECT my_offices(edition_id))
        OR (handed_in_at IS NOT NULL AND (i_handed_in(nomination_id) OR assessed(edition_id))))
);
DROP POLICY assessments_begin ON assessments;
CREATE POLICY assessments_begin ON assessments FOR INSERT TO trygg_app WITH CHECK (
    office_id = office_in(edition_id) AND opens_to_me(nomination_id) AND holds(edition_id, '{chair,deputy,juror,substitute}')
    AND NOT i_handed_in(nomination_id)
);

-- Who prepares does so by the same rule everywhere.
DROP POLICY nominations_change ON nominations;
CREATE POLICY nominations_change ON nominations FOR UPDATE TO trygg_app USING (
    account_id = (SELECT my_account()) OR id = (SELECT my_nomination()) OR prepares(id)
);
DROP POLICY supplements_ask ON supplements;
CREATE POLICY supplements_ask ON supplements FOR INSERT TO trygg_app WITH CHECK (
    asked_by_id = office_in(edition_id) AND prepares(nomination_id)
);
DROP POLICY gate_verdicts_write ON gate_verdicts;
CREATE POLICY gate_verdicts_write ON gate_verdicts FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND prepares(nomination_id)
);

-- What a winner said is told by its award; the words and the evidence themselves stay with those whom they opened to.
DROP POLICY contents_read ON contents;
CREATE POLICY contents_read ON contents FOR SELECT TO trygg_app USING (opens_to_me(nomination_id) OR i_nominated(nomination_id));
DROP POLICY evidence_read ON evidence;
CREATE POLICY evidence_read ON evidence FOR SELECT TO trygg_app USING (opens_to_me(nomination_id) OR i_nominated(nomination_id));

-- Why a must-criterion was not met is told to whoever nominated, from the ceremony on.
DROP POLICY gate_verdicts_read ON gate_verdicts;
CREATE POLICY gate_verdicts_read ON gate_verdicts FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR (i_nominated(nomination_id)
        AND EXISTS (SELECT FROM editions e WHERE e.id = edition_id AND e.ceremony_at <= now()))
);

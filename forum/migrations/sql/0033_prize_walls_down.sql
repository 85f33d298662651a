DELETE FROM nomination_letters WHERE kind = 'outcome';
ALTER TABLE nomination_letters DROP CONSTRAINT nomination_letters_kind_check,
    ADD CONSTRAINT nomination_letters_kind_check CHECK (kind IN ('confirm', 'supplement'));
DROP FUNCTION untold_outcomes;
DROP POLICY nomination_letters_write ON nomination_letters;
CREATE POLICY nomination_letters_write ON nomination_letters FOR INSERT TO trygg_app WITH CHECK (
    i_nominated(nomination_id) OR (holds(edition_id, '{secretary}') AND opens_to_me(nomination_id))
);
DROP POLICY nominations_change ON nominations;
CREATE POLICY nominations_change ON nominations FOR UPDATE TO trygg_app USING (
    account_id = (SELECT my_account()) OR id = (SELECT my_nomination())
    OR (holds(edition_id, '{secretary}') AND opens_to_me(id))
);
DROP POLICY supplements_ask ON supplements;
CREATE POLICY supplements_ask ON supplements FOR INSERT TO trygg_app WITH CHECK (
    asked_by_id = office_in(edition_id) AND holds(edition_id, '{secretary}') AND opens_to_me(nomination_id)
);
DROP POLICY gate_verdicts_write ON gate_verdicts;
CREATE POLICY gate_verdicts_write ON gate_verdicts FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND holds(edition_id, '{secretary,chair,deputy}') AND opens_to_me(nomination_id)
);
DROP TRIGGER nominations_part ON nominations;
DROP FUNCTION part_again;
DROP POLICY nominations_throw_away ON nominations;
REVOKE DELETE ON nominations FROM trygg_app;
ALTER TABLE nominations DROP COLUMN joined;
DROP POLICY ties_write ON ties;
CREATE POLICY ties_write ON ties FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND (
        (office_id = by_id AND step = 'declared')
        OR (office_id <> by_id AND ruling_on(nomination_id, by_id) IS DISTINCT FROM 'excluded'
            AND ((step = 'ruled' AND holds(edition_id, '{chair,deputy}'))
                 OR (step = 'discovered' AND holds(edition_id, '{secretary,chair,deputy}')))))
);
DROP POLICY ties_read ON ties;
CREATE POLICY ties_read ON ties FOR SELECT TO trygg_app USING (
    office_id = office_in(edition_id) OR edition_id = (SELECT my_edition()) OR opens_to_me(nomination_id)
    OR (holds(edition_id, '{secretary,chair,deputy}') AND ruling_on(nomination_id, office_in(edition_id)) IS DISTINCT FROM 'excluded')
);
DROP POLICY votes_read ON votes;
CREATE POLICY votes_read ON votes FOR SELECT TO trygg_app USING (
    EXISTS (SELECT FROM motions m WHERE m.id = motion_id AND (m.closed_at IS NOT NULL OR office_id = office_in(m.edition_id)))
);
DROP POLICY votes_cast ON votes;
CREATE POLICY votes_cast ON votes FOR INSERT TO trygg_app WITH CHECK (
    office_id = office_in(edition_id) AND stands_free(edition_id, nomination_id, office_id)
    AND EXISTS (SELECT FROM motions m WHERE m.id = motion_id AND m.closed_at IS NULL AND m.nomination_id IS NOT DISTINCT FROM votes.nomination_id)
);
DROP POLICY assessments_read ON assessments;
CREATE POLICY assessments_read ON assessments FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) AND (office_id = office_in(edition_id)
        OR (handed_in_at IS NOT NULL AND (i_handed_in(nomination_id) OR assessed(edition_id))))
);
DROP POLICY assessments_begin ON assessments;
CREATE POLICY assessments_begin ON assessments FOR INSERT TO trygg_app WITH CHECK (
    office_id = office_in(edition_id) AND opens_to_me(nomination_id) AND holds(edition_id, '{chair,deputy,juror,substitute}')
);
DROP POLICY contents_read ON contents;
CREATE POLICY contents_read ON contents FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR i_nominated(nomination_id) OR announced(nomination_id)
);
DROP POLICY evidence_read ON evidence;
CREATE POLICY evidence_read ON evidence FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR i_nominated(nomination_id) OR (kind <> 'document' AND announced(nomination_id))
);
DROP POLICY gate_verdicts_read ON gate_verdicts;
CREATE POLICY gate_verdicts_read ON gate_verdicts FOR SELECT TO trygg_app USING (opens_to_me(nomination_id));
CREATE OR REPLACE FUNCTION ruling_on(wanted_nomination uuid, wanted_office uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT ruling FROM ties WHERE nomination_id = wanted_nomination AND office_id = wanted_office ORDER BY nr DESC LIMIT 1
$$;
CREATE OR REPLACE FUNCTION leaderless(wanted_edition uuid, wanted_nomination uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$
    SELECT count(*) > 0 AND count(*) FILTER (WHERE ruling = 'allowed' OR NOT declared) = 0
        AND count(*) FILTER (WHERE declared AND ruling IS NULL) < 2
    FROM (SELECT ruling_on(wanted_nomination, o.id) AS ruling,
                 EXISTS (SELECT FROM ties t WHERE t.nomination_id = wanted_nomination AND t.office_id = o.id) AS declared
          FROM offices o WHERE o.edition_id = wanted_edition AND o.office IN ('chair', 'deputy') AND o.ended_at IS NULL) leads
$$;
CREATE OR REPLACE FUNCTION in_the_running(wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n.id FROM nominations n
    WHERE n.edition_id = wanted AND n.status IN ('submitted', 'complete') AND NOT EXISTS (
        SELECT FROM (SELECT DISTINCT ON (criterion) met FROM gate_verdicts WHERE nomination_id = n.id ORDER BY criterion, nr DESC) last
        WHERE NOT met)
$$;
CREATE OR REPLACE FUNCTION i_handed_in(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM assessments
                   WHERE nomination_id = wanted AND office_id = office_in(edition_id) AND handed_in_at IS NOT NULL)
$$;
CREATE OR REPLACE FUNCTION set_aside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF EXISTS (SELECT FROM editions WHERE id = NEW.edition_id AND ceremony_at <= now()) THEN
        RETURN NEW;
    END IF;
    UPDATE motions m SET outcome = 'set_aside', closed_at = coalesce(closed_at, now())
    WHERE m.edition_id = NEW.edition_id AND m.outcome IS DISTINCT FROM 'set_aside'
      AND (m.nomination_id = NEW.nomination_id
           OR (m.nomination_id IS NULL AND NEW.nomination_id IN (SELECT in_the_running(NEW.edition_id))))
      AND EXISTS (SELECT FROM votes v WHERE v.motion_id = m.id AND v.office_id = NEW.office_id);
    UPDATE awards a SET set_aside_at = now() FROM motions m
    WHERE m.id = a.motion_id AND m.outcome = 'set_aside' AND a.edition_id = NEW.edition_id AND a.set_aside_at IS NULL;
    RETURN NEW;
END
$$;
CREATE OR REPLACE FUNCTION end_drafts(letter_key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    DELETE FROM nomination_keys WHERE kind = 'draft' AND nomination_id IN (
        SELECT nomination_id FROM nomination_keys WHERE key = letter_key AND kind = 'letter' AND expires_at > now())
$$;
DROP FUNCTION prepares, hold_edition, my_offices, same_person, i_voted, i_sent_in, voting, end_letters;
ALTER TABLE motions DROP COLUMN closed_by_id;

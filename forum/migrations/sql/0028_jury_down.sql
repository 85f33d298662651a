DROP POLICY awards_decide ON awards;
DROP TRIGGER ties_set_aside ON ties;
DELETE FROM awards WHERE set_aside_at IS NOT NULL;
DROP INDEX awards_one;
CREATE UNIQUE INDEX awards_one ON awards (edition_id, nomination_id) NULLS NOT DISTINCT;
CREATE OR REPLACE FUNCTION announced(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM awards a JOIN editions e ON e.id = a.edition_id
                   WHERE a.nomination_id = wanted AND e.ceremony_at <= now())
$$;
ALTER TABLE awards DROP COLUMN motion_id, DROP COLUMN set_aside_at;
DROP TABLE award_reasons, votes, motions, protocol_lines, assessment_notes, assessments, gate_verdicts;
DROP FUNCTION set_aside, guard_motion, guard_handed_in, juror_link, settle_quorum, awards_standing, chair_is_tied, voters, presiding, stands_free,
    in_the_running, i_handed_in, assessed;
UPDATE accounts SET shown_to = NULL WHERE shown_to NOT IN (SELECT id FROM forums);
ALTER TABLE accounts ADD CONSTRAINT accounts_shown_to_fkey FOREIGN KEY (shown_to) REFERENCES forums;
CREATE POLICY awards_decide ON awards FOR INSERT TO trygg_app WITH CHECK (
    decided_by_id = office_in(edition_id) AND holds(edition_id, '{chair,deputy}')
    AND (nomination_id IS NULL OR opens_to_me(nomination_id))
);
DROP POLICY ties_write ON ties;
CREATE POLICY ties_write ON ties FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND (
        (office_id = by_id AND step = 'declared')
        OR (office_id <> by_id AND step IN ('ruled', 'discovered') AND holds(edition_id, '{secretary,chair,deputy}')))
);

-- The jury's work: the gate of must-criteria, assessments, deliberation, motions and votes, reasons. What stands in the way of a decision
-- (a tie that is discovered late, a jury that has become too small) is seen to here, whoever writes it.

-- What was found on a must-criterion of a nomination: a line each, none is changed; the last holds.
CREATE TABLE gate_verdicts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nr bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    criterion text NOT NULL,
    met boolean NOT NULL,
    reason text NOT NULL CHECK (btrim(reason) <> ''),
    by_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, by_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);
CREATE INDEX gate_verdicts_of ON gate_verdicts (nomination_id, criterion, nr DESC);

-- What one in the jury thinks of a nomination: `marks` has level and reason by criterion; without a level it is abstained from.
CREATE TABLE assessments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    office_id uuid NOT NULL,
    marks jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    saved_at timestamptz NOT NULL DEFAULT now(),
    handed_in_at timestamptz,
    UNIQUE (nomination_id, office_id),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, office_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);

-- Notes that nobody but their writer sees.
CREATE TABLE assessment_notes (
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    office_id uuid NOT NULL,
    words text NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (nomination_id, office_id),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, office_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);

-- What was said in the deliberation: of one nomination, or of the meeting as a whole.
CREATE TABLE protocol_lines (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nr bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    edition_id uuid NOT NULL REFERENCES editions ON DELETE CASCADE,
    nomination_id uuid,
    by_id uuid NOT NULL,
    words text NOT NULL CHECK (btrim(words) <> ''),
    at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, by_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);
CREATE INDEX protocol_lines_of ON protocol_lines (edition_id, nr);

-- What whoever presides puts to the vote: that this nomination gets the prize, or (without one) that nobody does.
CREATE TABLE motions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nr bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    edition_id uuid NOT NULL REFERENCES editions ON DELETE CASCADE,
    nomination_id uuid,
    by_id uuid NOT NULL,
    put_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    outcome text CHECK (outcome IN ('carried', 'lost', 'set_aside')),
    casting text CHECK (casting IN ('yes', 'no')),
    UNIQUE (edition_id, id),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, by_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX motions_one_open ON motions (edition_id, nomination_id) NULLS NOT DISTINCT WHERE closed_at IS NULL;

CREATE TABLE votes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    edition_id uuid NOT NULL,
    nomination_id uuid,
    motion_id uuid NOT NULL,
    office_id uuid NOT NULL,
    choice text NOT NULL CHECK (choice IN ('yes', 'no', 'abstain')),
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (motion_id, office_id),
    FOREIGN KEY (edition_id, motion_id) REFERENCES motions (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, office_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);

-- Why a nomination was not chosen: its nominator reads it after the ceremony. The last one holds.
CREATE TABLE award_reasons (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    nr bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    edition_id uuid NOT NULL,
    nomination_id uuid NOT NULL,
    words text NOT NULL CHECK (btrim(words) <> ''),
    by_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (edition_id, nomination_id) REFERENCES nominations (edition_id, id) ON DELETE CASCADE,
    FOREIGN KEY (edition_id, by_id) REFERENCES offices (edition_id, id) ON DELETE CASCADE
);

-- An award follows from a motion that was carried; a tie that is discovered before the ceremony may set it aside again.
ALTER TABLE awards ADD COLUMN motion_id uuid, ADD COLUMN set_aside_at timestamptz,
    ADD FOREIGN KEY (edition_id, motion_id) REFERENCES motions (edition_id, id);
DROP INDEX awards_one;
CREATE UNIQUE INDEX awards_one ON awards (edition_id, nomination_id) NULLS NOT DISTINCT WHERE set_aside_at IS NULL;

CREATE OR REPLACE FUNCTION announced(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM awards a JOIN editions e ON e.id = a.edition_id
                   WHERE a.nomination_id = wanted AND a.set_aside_at IS NULL AND e.ceremony_at <= now())
$$;

-- Who stands where -----------------------------------------------------------------------------------------------------

-- Whether the assessing is over in an edition: from then on there is nothing left to be blind for.
CREATE FUNCTION assessed(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT FROM editions WHERE id = wanted AND (assess_until + 1)::timestamp AT TIME ZONE 'Europe/Stockholm' <= now()) $$;

-- Whether whoever asks has handed in their assessment of a nomination. The policies of `assessments` themselves ask it.
CREATE FUNCTION i_handed_in(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (SELECT FROM assessments
                   WHERE nomination_id = wanted AND office_id = office_in(edition_id) AND handed_in_at IS NOT NULL)
$$;

-- The nominations of an edition that can get the prize: what was sent in and fails no must-criterion.
CREATE FUNCTION in_the_running(wanted uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n.id FROM nominations n
    WHERE n.edition_id = wanted AND n.status IN ('submitted', 'complete') AND NOT EXISTS (
        SELECT FROM (SELECT DISTINCT ON (criterion) met FROM gate_verdicts WHERE nomination_id = n.id ORDER BY criterion, nr DESC) last
        WHERE NOT met)
$$;

-- Whether an office may vote on a nomination, or (without one) on that nobody gets the prize: that concerns all of them.
CREATE FUNCTION stands_free(wanted_edition uuid, wanted_nomination uuid, wanted_office uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (
        SELECT FROM offices o
        WHERE o.id = wanted_office AND o.edition_id = wanted_edition AND o.ended_at IS NULL AND o.office <> 'secretary'
          AND (o.office <> 'substitute' OR o.called_in_at IS NOT NULL)
          AND CASE WHEN wanted_nomination IS NULL
              THEN NOT EXISTS (SELECT FROM in_the_running(wanted_edition) n WHERE ruling_on(n, o.id) IS DISTINCT FROM 'allowed')
              ELSE ruling_on(wanted_nomination, o.id) IS NOT DISTINCT FROM 'allowed' END
    )
$$;

-- Who leads the decision on a nomination: the chair, the deputy where the chair does not stand free.
CREATE FUNCTION presiding(wanted_edition uuid, wanted_nomination uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT o.id FROM offices o
    WHERE o.edition_id = wanted_edition AND o.office IN ('chair', 'deputy') AND stands_free(wanted_edition, wanted_nomination, o.id)
    ORDER BY o.office LIMIT 1
$$;

-- How many may vote on a motion.
CREATE FUNCTION voters(wanted_edition uuid, wanted_nomination uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT count(*) FROM offices WHERE edition_id = wanted_edition AND stands_free(wanted_edition, wanted_nomination, id) $$;

-- Whether the chair is tied to a nomination, or there is none: then the deputy calls in substitutes.
CREATE FUNCTION chair_is_tied(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT NOT EXISTS (SELECT FROM offices WHERE edition_id = wanted AND office = 'chair' AND ended_at IS NULL)
        OR EXISTS (SELECT FROM in_the_running(wanted) n JOIN offices o ON o.edition_id = wanted AND o.office = 'chair' AND o.ended_at IS NULL
                   WHERE ruling_on(n, o.id) = 'excluded')
$$;

-- How many awards stand in an edition: whoever presides over the next one may be tied to the one before.
CREATE FUNCTION awards_standing(wanted uuid, OUT winners bigint, OUT nobody boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT count(nomination_id), count(*) > count(nomination_id) FROM awards
    WHERE edition_id = wanted AND set_aside_at IS NULL AND office_in(wanted) IS NOT NULL
$$;

-- Stops an edition in which ties leave too few to decide on a nomination, and lets one that was stopped for this go on when there are
-- enough again. Who has not declared yet may still vote. Anybody in the jury may bring it about, by declaring a tie.
CREATE FUNCTION settle_quorum(wanted uuid, why text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    edition editions;
    short boolean;
BEGIN
    SELECT * INTO edition FROM editions WHERE id = wanted AND opened_at IS NOT NULL AND office_in(wanted) IS NOT NULL FOR UPDATE;
    IF NOT FOUND OR edition.ceremony_at <= now() THEN
        RETURN NULL;
    END IF;
    SELECT EXISTS (
        SELECT FROM in_the_running(wanted) n CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE ruling_on(n, o.id) IS DISTINCT FROM 'excluded') AS left_over,
                   count(*) FILTER (WHERE ruling_on(n, o.id) = 'excluded') AS excluded
            FROM offices o WHERE o.edition_id = wanted AND o.ended_at IS NULL AND o.office <> 'secretary'
                AND (o.office <> 'substitute' OR o.called_in_at IS NOT NULL)
        ) jury WHERE excluded > 0 AND left_over < edition.quorum
    ) INTO short;
    IF short AND edition.stopped_at IS NULL THEN
        UPDATE editions SET stopped_at = now(), stopped_for = why WHERE id = wanted;
        RETURN 'stop';
    ELSIF NOT short AND edition.stopped_at IS NOT NULL AND edition.stopped_for = why THEN
        UPDATE editions SET stopped_at = NULL, stopped_for = '' WHERE id = wanted;
        RETURN 'go_on';
    END IF;
    RETURN NULL;
END
$$;

-- The one-time link with which somebody in the jury chooses a password: made by the edition's own work, to be mailed; or by whoever
-- leads, to be handed over, for an account alone that nobody has used and that is nowhere else. That one then opens no forum.
ALTER TABLE accounts DROP CONSTRAINT accounts_shown_to_fkey;
CREATE FUNCTION juror_link(wanted_edition uuid, wanted_account uuid, new_key text, until timestamptz, OUT email text, OUT language text)
RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    mails boolean := wanted_edition IS NOT DISTINCT FROM my_edition();
BEGIN
    IF EXISTS (SELECT FROM offices WHERE edition_id = wanted_edition AND account_id = wanted_account AND ended_at IS NULL)
       AND (mails OR (holds(wanted_edition, '{chair,deputy}')
            AND NOT EXISTS (SELECT FROM credentials c WHERE c.account_id = wanted_account AND c.kind <> 'link')
            AND NOT EXISTS (SELECT FROM members m WHERE m.account_id = wanted_account)
            AND NOT EXISTS (SELECT FROM offices o WHERE o.account_id = wanted_account AND o.edition_id <> wanted_edition)))
    THEN
        INSERT INTO credentials (account_id, kind, key, secret, expires_at)
        VALUES (wanted_account, 'link', new_key, CASE WHEN NOT mails THEN 'shown' END, until);
        IF NOT mails THEN
            UPDATE accounts SET shown_to = wanted_edition WHERE id = wanted_account;
        END IF;
        RETURN QUERY SELECT a.email, a.language FROM accounts a WHERE a.id = wanted_account;
    END IF;
END
$$;

GRANT EXECUTE ON FUNCTION assessed, i_handed_in, in_the_running, stands_free, presiding, voters, chair_is_tied, awards_standing, settle_quorum,
    juror_link TO trygg_app;

-- What nobody changes ----------------------------------------------------------------------------------------------------

CREATE FUNCTION guard_handed_in() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    IF OLD.handed_in_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
        RAISE check_violation USING MESSAGE = 'an assessment that was handed in stands';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER assessments_handed_in BEFORE UPDATE ON assessments FOR EACH ROW EXECUTE FUNCTION guard_handed_in();

CREATE FUNCTION guard_motion() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    IF OLD.outcome IS NOT NULL AND (NEW.outcome <> 'set_aside' OR (to_jsonb(NEW) - 'outcome') <> (to_jsonb(OLD) - 'outcome')) THEN
        RAISE check_violation USING MESSAGE = 'the outcome of a motion stands';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER motions_closed BEFORE UPDATE ON motions FOR EACH ROW EXECUTE FUNCTION guard_motion();

-- A tie that closes a nomination to somebody sets aside the motions that they voted on and what followed from these, until the ceremony;
-- their assessment of it no longer counts by itself, for that is asked of their tie.
CREATE FUNCTION set_aside() RETURNS trigger
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
CREATE TRIGGER ties_set_aside AFTER INSERT ON ties FOR EACH ROW WHEN (NEW.ruling IS DISTINCT FROM 'allowed')
    EXECUTE FUNCTION set_aside();

-- Rights -----------------------------------------------------------------------------------------------------------------

-- Who leads rules and discovers; who is excluded themselves does neither.
DROP POLICY ties_write ON ties;
CREATE POLICY ties_write ON ties FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND (
        (office_id = by_id AND step = 'declared')
        OR (office_id <> by_id AND ruling_on(nomination_id, by_id) IS DISTINCT FROM 'excluded'
            AND ((step = 'ruled' AND holds(edition_id, '{chair,deputy}'))
                 OR (step = 'discovered' AND holds(edition_id, '{secretary,chair,deputy}')))))
);

DROP POLICY awards_decide ON awards;
CREATE POLICY awards_decide ON awards FOR INSERT TO trygg_app WITH CHECK (
    decided_by_id = office_in(edition_id) AND decided_by_id = presiding(edition_id, nomination_id)
    AND EXISTS (SELECT FROM motions m WHERE m.id = motion_id AND m.outcome = 'carried' AND m.nomination_id IS NOT DISTINCT FROM awards.nomination_id)
);

ALTER TABLE gate_verdicts ENABLE ROW LEVEL SECURITY;
CREATE POLICY gate_verdicts_read ON gate_verdicts FOR SELECT TO trygg_app USING (opens_to_me(nomination_id));
CREATE POLICY gate_verdicts_write ON gate_verdicts FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND holds(edition_id, '{secretary,chair,deputy}') AND opens_to_me(nomination_id)
);
GRANT SELECT, INSERT ON gate_verdicts TO trygg_app;

-- Blind: another's is seen once handed in, by whoever has handed in their own of the same nomination, by all when the assessing is over.
ALTER TABLE assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY assessments_read ON assessments FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) AND (office_id = office_in(edition_id)
        OR (handed_in_at IS NOT NULL AND (i_handed_in(nomination_id) OR assessed(edition_id))))
);
CREATE POLICY assessments_begin ON assessments FOR INSERT TO trygg_app WITH CHECK (
    office_id = office_in(edition_id) AND opens_to_me(nomination_id) AND holds(edition_id, '{chair,deputy,juror,substitute}')
);
CREATE POLICY assessments_change ON assessments FOR UPDATE TO trygg_app USING (
    office_id = office_in(edition_id) AND opens_to_me(nomination_id)
);
GRANT SELECT, INSERT ON assessments TO trygg_app;
GRANT UPDATE (marks, version, saved_at, handed_in_at) ON assessments TO trygg_app;

ALTER TABLE assessment_notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY assessment_notes_own ON assessment_notes TO trygg_app USING (
    office_id = office_in(edition_id) AND opens_to_me(nomination_id)
);
GRANT SELECT, INSERT ON assessment_notes TO trygg_app;
GRANT UPDATE (words, saved_at) ON assessment_notes TO trygg_app;

ALTER TABLE protocol_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY protocol_lines_read ON protocol_lines FOR SELECT TO trygg_app USING (
    CASE WHEN nomination_id IS NULL THEN office_in(edition_id) IS NOT NULL ELSE opens_to_me(nomination_id) END
);
CREATE POLICY protocol_lines_write ON protocol_lines FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND holds(edition_id, '{secretary,chair,deputy}')
    AND (nomination_id IS NULL OR opens_to_me(nomination_id))
);
GRANT SELECT, INSERT ON protocol_lines TO trygg_app;

ALTER TABLE motions ENABLE ROW LEVEL SECURITY;
CREATE POLICY motions_read ON motions FOR SELECT TO trygg_app USING (
    CASE WHEN nomination_id IS NULL THEN office_in(edition_id) IS NOT NULL ELSE opens_to_me(nomination_id) END
);
CREATE POLICY motions_put ON motions FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND by_id = presiding(edition_id, nomination_id)
);
CREATE POLICY motions_close ON motions FOR UPDATE TO trygg_app USING (
    office_in(edition_id) = presiding(edition_id, nomination_id)
);
GRANT SELECT, INSERT ON motions TO trygg_app;
GRANT UPDATE (closed_at, outcome, casting) ON motions TO trygg_app;

-- One's own vote at once, the others' when the motion is closed.
ALTER TABLE votes ENABLE ROW LEVEL SECURITY;
CREATE POLICY votes_read ON votes FOR SELECT TO trygg_app USING (
    EXISTS (SELECT FROM motions m WHERE m.id = motion_id AND (m.closed_at IS NOT NULL OR office_id = office_in(m.edition_id)))
);
CREATE POLICY votes_cast ON votes FOR INSERT TO trygg_app WITH CHECK (
    office_id = office_in(edition_id) AND stands_free(edition_id, nomination_id, office_id)
    AND EXISTS (SELECT FROM motions m WHERE m.id = motion_id AND m.closed_at IS NULL AND m.nomination_id IS NOT DISTINCT FROM votes.nomination_id)
);
GRANT SELECT, INSERT ON votes TO trygg_app;

ALTER TABLE award_reasons ENABLE ROW LEVEL SECURITY;
CREATE POLICY award_reasons_read ON award_reasons FOR SELECT TO trygg_app USING (
    opens_to_me(nomination_id) OR ((i_nominated(nomination_id) OR edition_id = (SELECT my_edition()))
        AND EXISTS (SELECT FROM editions e WHERE e.id = edition_id AND e.ceremony_at <= now()))
);
CREATE POLICY award_reasons_write ON award_reasons FOR INSERT TO trygg_app WITH CHECK (
    by_id = office_in(edition_id) AND holds(edition_id, '{chair,deputy}') AND opens_to_me(nomination_id)
);
GRANT SELECT, INSERT ON award_reasons TO trygg_app;

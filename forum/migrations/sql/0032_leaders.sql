-- An edition stands still as well when nobody who leads its jury may rule on ties to a nomination or preside over it.

-- Whether chair and deputy are both tied to a nomination, or the one that is there: whoever has not declared may still be free, and a tie of
-- the chair's that waits is the deputy's to rule on.
CREATE FUNCTION leaderless(wanted_edition uuid, wanted_nomination uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$
    SELECT count(*) > 0 AND count(*) FILTER (WHERE ruling = 'allowed' OR NOT declared) = 0
        AND count(*) FILTER (WHERE declared AND ruling IS NULL) < 2
    FROM (SELECT ruling_on(wanted_nomination, o.id) AS ruling,
                 EXISTS (SELECT FROM ties t WHERE t.nomination_id = wanted_nomination AND t.office_id = o.id) AS declared
          FROM offices o WHERE o.edition_id = wanted_edition AND o.office IN ('chair', 'deputy') AND o.ended_at IS NULL) leads
$$;

DROP FUNCTION settle_quorum(uuid, text);
CREATE FUNCTION settle_quorum(wanted uuid, too_few text, no_leader text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    edition editions;
    short boolean;
    ours boolean;
    reason text;
BEGIN
    SELECT * INTO edition FROM editions WHERE id = wanted AND opened_at IS NOT NULL
        AND (office_in(wanted) IS NOT NULL OR EXISTS (SELECT FROM nominations n WHERE n.edition_id = wanted AND i_nominated(n.id)))
        FOR UPDATE;
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
    reason := CASE WHEN short THEN too_few WHEN EXISTS (SELECT FROM in_the_running(wanted) n WHERE leaderless(wanted, n)) THEN no_leader END;
    ours := edition.stopped_at IS NULL OR edition.stopped_for IN (too_few, no_leader);
    IF ours AND reason IS NOT NULL AND reason <> edition.stopped_for THEN
        UPDATE editions SET stopped_at = now(), stopped_for = reason WHERE id = wanted;
        RETURN 'stop';
    ELSIF ours AND reason IS NULL AND edition.stopped_at IS NOT NULL THEN
        UPDATE editions SET stopped_at = NULL, stopped_for = '' WHERE id = wanted;
        RETURN 'go_on';
    END IF;
    RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION settle_quorum(uuid, text, text) TO trygg_app;

CREATE OR REPLACE FUNCTION settle_quorum(wanted uuid, why text) RETURNS text
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

CREATE OR REPLACE FUNCTION forget_letters() RETURNS void
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
DROP FUNCTION calendar_of;
DROP TABLE calendars;

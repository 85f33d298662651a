DROP POLICY journal_heads_edition ON journal_heads;
DROP POLICY journal_edition_read ON journal;
DROP POLICY journal_edition ON journal;
DELETE FROM journal_heads WHERE chain IN (SELECT id::text FROM editions);
DELETE FROM journal WHERE chain IN (SELECT id::text FROM editions);
DROP TABLE awards, ties, nomination_keys, nominations, offices, editions;
DROP FUNCTION guard_rules, appointed_account, my_editions, announced, edition_of, i_nominated, opens_to_me, ruling_on, next_nomination, holds,
    office_in, start_nomination, nominate_by, serve_edition, my_nomination, my_edition;
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

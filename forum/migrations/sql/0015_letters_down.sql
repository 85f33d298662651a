DROP POLICY journal_heads_by_link ON journal_heads;
DROP POLICY journal_by_link ON journal;
DROP POLICY steps_by_link ON steps;
DROP POLICY agreements_by_link ON agreements;
DROP POLICY measures_answer_by_link ON measures;
DROP POLICY measures_by_link ON measures;
DROP TABLE subscriptions;
DROP TABLE notice_reads;
DROP TABLE notices;
DROP TABLE measure_links;
DROP TABLE letters;
DROP TABLE contacts;
DROP FUNCTION answer_by, forget_letters, answered_measure, answering_forum, answering_organisation;
-- Lets the transaction act for a person, a member, a forum's own work or the operator; what is null is none of it.
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
        set_config('trygg.audience', coalesce(audience, ''), true);
    SELECT * INTO who FROM me();
    PERFORM set_config('trygg.forum', coalesce(who.forum_id::text, ''), true),
        set_config('trygg.organisation', coalesce(who.organisation_id::text, ''), true),
        set_config('trygg.authority', coalesce(who.authority::text, ''), true),
        set_config('trygg.role', coalesce(who.role, ''), true);
END
$$;

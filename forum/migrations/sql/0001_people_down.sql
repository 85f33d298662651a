DROP TABLE agreements, visits, members, failures, credentials, accounts, organisations, forum_areas, ground, areas, forums CASCADE;
DROP FUNCTION mark_shown_link, account_is_fresh, account_of, forget_failures, note_failure, failures_of, failures_key,
    demo_account, is_demo, member_in, find_credential, is_somebody, my_role, my_authority, my_organisation, my_forum, me,
    my_audience, i_am_operator, my_system, my_member, my_account;
REVOKE SELECT ON alembic_version FROM trygg_app;
REVOKE USAGE ON SCHEMA public FROM trygg_app;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC;

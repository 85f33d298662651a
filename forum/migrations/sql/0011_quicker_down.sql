DROP INDEX deviations_category;
DROP FUNCTION act, enter;
CREATE OR REPLACE FUNCTION my_forum() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT forum_id FROM me() $$;
CREATE OR REPLACE FUNCTION my_organisation() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT organisation_id FROM me() $$;
CREATE OR REPLACE FUNCTION my_authority() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce((SELECT authority FROM me()), false) $$;
CREATE OR REPLACE FUNCTION my_role() RETURNS text LANGUAGE sql STABLE AS $$ SELECT role FROM me() $$;

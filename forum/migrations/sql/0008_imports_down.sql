DROP POLICY quarantine_hold ON quarantine;
DROP FUNCTION forget_imports;
DROP TABLE imports;
CREATE OR REPLACE FUNCTION unused_numbers(how_many integer) RETURNS SETOF integer
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT n FROM (
        SELECT DISTINCT 1000000 + floor(random() * 9000000)::integer AS n
        FROM generate_series(1, how_many + how_many / 2 + 20)
    ) drawn
    WHERE (SELECT may_write()) AND NOT EXISTS (SELECT FROM deviations d WHERE d.forum_id = (SELECT my_forum()) AND d.nr = drawn.n)
    ORDER BY random() LIMIT how_many
$$;

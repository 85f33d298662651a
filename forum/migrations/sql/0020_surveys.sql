-- Figures from outside, by area and year: shares of a survey, counts of reported offences. Sums of many, never a person.
-- Nobody changes one: a corrected edition is imported under its own name.

CREATE TABLE surveys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('perceived', 'reported')),
    source text NOT NULL CHECK (btrim(source) <> ''),
    publisher text NOT NULL CHECK (btrim(publisher) <> ''),
    topic text NOT NULL CHECK (btrim(topic) <> ''),
    area text NOT NULL,
    year integer NOT NULL CHECK (year BETWEEN 1990 AND 2200),
    share double precision CHECK (share BETWEEN 0 AND 1),
    respondents integer CHECK (respondents > 0),
    low double precision CHECK (low BETWEEN 0 AND share),
    high double precision CHECK (high BETWEEN share AND 1),
    count integer CHECK (count >= 0),
    population integer CHECK (population > 0),
    imported_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, kind, source, topic, area, year),
    CHECK ((kind = 'perceived') = (share IS NOT NULL AND respondents IS NOT NULL)),
    CHECK ((kind = 'reported') = (count IS NOT NULL)),
    CHECK (kind = 'perceived' OR (low IS NULL AND high IS NULL)),
    CHECK ((low IS NULL) = (high IS NULL))
);

ALTER TABLE surveys ENABLE ROW LEVEL SECURITY;
CREATE POLICY surveys_read ON surveys FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY surveys_import ON surveys FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND ((SELECT may_lead()) OR (SELECT my_role()) = 'system')
);
GRANT SELECT, INSERT ON surveys TO trygg_app;

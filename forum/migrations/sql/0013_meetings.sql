-- Meetings: their cycle, agenda, attendance, decisions, and the minutes as they were sealed.

-- How often the forum meets; one row a forum.
CREATE TABLE cycles (
    forum_id uuid PRIMARY KEY REFERENCES forums ON DELETE CASCADE,
    every text NOT NULL CHECK (every IN ('month', 'fortnight', 'week')),
    weekday integer NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    week integer NOT NULL CHECK (week BETWEEN 1 AND 5),
    first_day date NOT NULL,
    at time NOT NULL,
    minutes integer NOT NULL CHECK (minutes BETWEEN 15 AND 480),
    location text NOT NULL DEFAULT '',
    chair_id uuid NOT NULL,
    FOREIGN KEY (forum_id, chair_id) REFERENCES organisations (forum_id, id)
);

CREATE TABLE meetings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL REFERENCES forums ON DELETE CASCADE,
    nr integer NOT NULL,
    day date NOT NULL,
    starts_at timestamptz NOT NULL,
    minutes integer NOT NULL CHECK (minutes BETWEEN 15 AND 480),
    location text NOT NULL DEFAULT '',
    chair_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    sequence integer NOT NULL DEFAULT 0,
    invited boolean NOT NULL DEFAULT false,
    arrangement jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'planned'
        CHECK (status IN ('planned', 'under_way', 'held', 'adjusted', 'sealed', 'cancelled')),
    since timestamptz,
    until timestamptz,
    picture_id uuid,
    current_id uuid,
    begun_at timestamptz,
    ended_at timestamptz,
    visibility text NOT NULL DEFAULT 'forum' CHECK (visibility = 'forum'),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, nr),
    UNIQUE (forum_id, id),
    FOREIGN KEY (forum_id, chair_id) REFERENCES organisations (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
-- a day is a meeting's address
CREATE UNIQUE INDEX meetings_day ON meetings (forum_id, day) WHERE status <> 'cancelled';

-- A meeting keeps the figures as it saw them; what is written to them comes with the picture that is adopted.
ALTER TABLE pictures ADD meeting_id uuid, ADD UNIQUE (forum_id, id),
    ADD FOREIGN KEY (forum_id, meeting_id) REFERENCES meetings (forum_id, id),
    DROP CONSTRAINT pictures_other_check, DROP CONSTRAINT pictures_analysis_check,
    ADD CONSTRAINT pictures_written CHECK (meeting_id IS NOT NULL OR (btrim(other) <> '' AND btrim(analysis) <> ''));
ALTER TABLE meetings ADD FOREIGN KEY (forum_id, picture_id) REFERENCES pictures (forum_id, id);

-- How many of each organisation were there; who they were is written down nowhere.
CREATE TABLE attendance (
    forum_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    people integer NOT NULL CHECK (people BETWEEN 0 AND 99),
    PRIMARY KEY (meeting_id, organisation_id),
    FOREIGN KEY (forum_id, meeting_id) REFERENCES meetings (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);

-- What a member adds before a meeting, and all that stands on the agenda once it has begun, with the figures of then.
CREATE TABLE agenda_items (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    key text NOT NULL,
    position integer NOT NULL,
    minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 240),
    title text NOT NULL DEFAULT '',
    place_id uuid,
    deviation_id uuid,
    reasons jsonb NOT NULL DEFAULT '[]',
    below boolean NOT NULL DEFAULT false,
    note text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'handled', 'carried_over', 'escalated')),
    organisation_id uuid NOT NULL,
    shown_at timestamptz,
    visibility text NOT NULL CHECK (visibility IN ('authorities', 'forum')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, id),
    UNIQUE (meeting_id, key, visibility),
    FOREIGN KEY (forum_id, meeting_id) REFERENCES meetings (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, place_id) REFERENCES places (forum_id, id),
    FOREIGN KEY (forum_id, deviation_id) REFERENCES deviations (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX agenda_items_place ON agenda_items (place_id);

-- A decision is never unmade: nobody may change or delete one, another may take its place with a reason.
CREATE TABLE decisions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    item_id uuid NOT NULL,
    nr integer NOT NULL,
    words text NOT NULL CHECK (btrim(words) <> ''),
    place_id uuid,
    deviation_id uuid,
    measure_id uuid,
    replaces_id uuid UNIQUE,
    reason text NOT NULL DEFAULT '',
    organisation_id uuid NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('authorities', 'forum')),
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (forum_id, id),
    UNIQUE (item_id, nr),
    CHECK (replaces_id IS NULL OR btrim(reason) <> ''),
    FOREIGN KEY (forum_id, meeting_id) REFERENCES meetings (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, item_id) REFERENCES agenda_items (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, place_id) REFERENCES places (forum_id, id),
    FOREIGN KEY (forum_id, deviation_id) REFERENCES deviations (forum_id, id) ON DELETE SET NULL (deviation_id),
    FOREIGN KEY (forum_id, measure_id) REFERENCES measures (forum_id, id),
    FOREIGN KEY (forum_id, replaces_id) REFERENCES decisions (forum_id, id),
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);
CREATE INDEX decisions_measure ON decisions (measure_id);
CREATE INDEX decisions_place ON decisions (place_id);

-- Which member wrote and which adjusted the minutes: kept apart, so that it can be deleted when its time is out.
CREATE TABLE signatures (
    forum_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    part text NOT NULL CHECK (part IN ('wrote', 'adjusted')),
    member_id uuid NOT NULL REFERENCES members ON DELETE CASCADE,
    organisation_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (meeting_id, part),
    UNIQUE (meeting_id, member_id),
    FOREIGN KEY (forum_id, meeting_id) REFERENCES meetings (forum_id, id) ON DELETE CASCADE,
    FOREIGN KEY (forum_id, organisation_id) REFERENCES organisations (forum_id, id)
);

-- The minutes as they were sealed, for each audience in each form. Nobody changes them: there is no grant for it.
CREATE TABLE minutes (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    forum_id uuid NOT NULL,
    meeting_id uuid NOT NULL,
    audience text NOT NULL CHECK (audience IN ('authorities', 'forum')),
    form text NOT NULL CHECK (form IN ('html', 'pdf', 'docx')),
    content bytea NOT NULL,
    hash bytea NOT NULL CHECK (hash = sha256(content)),
    sealed_at timestamptz NOT NULL,
    UNIQUE (meeting_id, audience, form),
    FOREIGN KEY (forum_id, meeting_id) REFERENCES meetings (forum_id, id) ON DELETE CASCADE
);

ALTER TABLE steps DROP CONSTRAINT steps_thing_kind_check,
    ADD CONSTRAINT steps_thing_kind_check CHECK (thing_kind IN ('place', 'cause', 'measure', 'meeting', 'item'));

-- Rights -----------------------------------------------------------------------------------------------------------------

ALTER TABLE cycles ENABLE ROW LEVEL SECURITY;
CREATE POLICY cycles_read ON cycles FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY cycles_set ON cycles TO trygg_app USING (forum_id = (SELECT my_forum()) AND (SELECT may_lead()));
GRANT SELECT, INSERT ON cycles TO trygg_app;
GRANT UPDATE (every, weekday, week, first_day, at, minutes, location, chair_id) ON cycles TO trygg_app;

ALTER TABLE meetings ENABLE ROW LEVEL SECURITY;
CREATE POLICY meetings_read ON meetings FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY meetings_plan ON meetings FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND organisation_id = (SELECT my_organisation())
);
-- who adjusts the minutes leads nothing
CREATE POLICY meetings_change ON meetings FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND ((SELECT may_lead()) OR ((SELECT may_write()) AND status = 'held'))
) WITH CHECK (
    forum_id = (SELECT my_forum()) AND ((SELECT may_lead()) OR ((SELECT may_write()) AND status = 'adjusted'))
);
GRANT SELECT, INSERT ON meetings TO trygg_app;
GRANT UPDATE (day, starts_at, minutes, location, chair_id, sequence, invited, arrangement, status, since, until, picture_id,
              current_id, begun_at, ended_at, version, changed_at) ON meetings TO trygg_app;

ALTER TABLE attendance ENABLE ROW LEVEL SECURITY;
CREATE POLICY attendance_read ON attendance FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY attendance_note ON attendance FOR INSERT TO trygg_app
    WITH CHECK (forum_id = (SELECT my_forum()) AND (SELECT may_lead()));
CREATE POLICY attendance_change ON attendance FOR UPDATE TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND (SELECT may_lead()));
GRANT SELECT, INSERT ON attendance TO trygg_app;
GRANT UPDATE (people) ON attendance TO trygg_app;

-- An item tells of its place and its deviation: only who sees them sees it.
ALTER TABLE agenda_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY agenda_items_read ON agenda_items FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND (place_id IS NULL OR EXISTS (SELECT FROM places p WHERE p.id = place_id))
    AND (deviation_id IS NULL OR EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id))
);
CREATE POLICY agenda_items_audience ON agenda_items AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY agenda_items_add ON agenda_items FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND organisation_id = (SELECT my_organisation())
);
CREATE POLICY agenda_items_change ON agenda_items FOR UPDATE TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND visibility = ANY ((SELECT visibilities())::text[])
);
GRANT SELECT, INSERT ON agenda_items TO trygg_app;
GRANT UPDATE (position, minutes, title, reasons, below, place_id, note, status, shown_at, version, changed_at)
    ON agenda_items TO trygg_app;

ALTER TABLE decisions ENABLE ROW LEVEL SECURITY;
-- its item is for an audience, and so is it
CREATE POLICY decisions_read ON decisions FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND EXISTS (SELECT FROM agenda_items i WHERE i.id = item_id)
    AND (place_id IS NULL OR EXISTS (SELECT FROM places p WHERE p.id = place_id))
    AND (deviation_id IS NULL OR EXISTS (SELECT FROM deviations d WHERE d.id = deviation_id))
    AND (measure_id IS NULL OR EXISTS (SELECT FROM measures m WHERE m.id = measure_id))
);
CREATE POLICY decisions_make ON decisions FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead()) AND visibility = ANY ((SELECT visibilities())::text[])
    AND organisation_id = (SELECT my_organisation())
    AND EXISTS (SELECT FROM meetings m WHERE m.id = meeting_id AND m.status = 'under_way')
);
GRANT SELECT, INSERT ON decisions TO trygg_app;

ALTER TABLE signatures ENABLE ROW LEVEL SECURITY;
CREATE POLICY signatures_read ON signatures FOR SELECT TO trygg_app USING (forum_id = (SELECT my_forum()));
CREATE POLICY signatures_sign ON signatures FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_write()) AND member_id = (SELECT my_member())
    AND organisation_id = (SELECT my_organisation())
);
GRANT SELECT, INSERT ON signatures TO trygg_app;

ALTER TABLE minutes ENABLE ROW LEVEL SECURITY;
CREATE POLICY minutes_read ON minutes FOR SELECT TO trygg_app
    USING (forum_id = (SELECT my_forum()) AND audience = ANY ((SELECT visibilities())::text[]));
CREATE POLICY minutes_audience ON minutes AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (audience = ANY ((SELECT audience_sees())::text[]));
CREATE POLICY minutes_seal ON minutes FOR INSERT TO trygg_app WITH CHECK (
    forum_id = (SELECT my_forum()) AND (SELECT may_lead())
    AND EXISTS (SELECT FROM meetings m WHERE m.id = meeting_id AND m.status = 'adjusted')
);
GRANT SELECT, INSERT ON minutes TO trygg_app;

ALTER TABLE meetings DROP CONSTRAINT meetings_forum_id_picture_id_fkey;
DELETE FROM pictures WHERE meeting_id IS NOT NULL;
ALTER TABLE pictures DROP COLUMN meeting_id, DROP CONSTRAINT pictures_forum_id_id_key,
    ADD CHECK (btrim(other) <> ''), ADD CHECK (btrim(analysis) <> '');
DROP TABLE minutes;
DROP TABLE signatures;
DROP TABLE decisions;
DROP TABLE agenda_items;
DROP TABLE attendance;
DROP TABLE meetings;
DROP TABLE cycles;
DELETE FROM steps WHERE thing_kind IN ('meeting', 'item');
ALTER TABLE steps DROP CONSTRAINT steps_thing_kind_check,
    ADD CONSTRAINT steps_thing_kind_check CHECK (thing_kind IN ('place', 'cause', 'measure', 'meeting'));

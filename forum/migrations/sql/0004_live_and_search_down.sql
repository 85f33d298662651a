ALTER TABLE deviations DROP COLUMN search;
ALTER TABLE deviations ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('swedish', text)) STORED;
CREATE INDEX deviations_search ON deviations USING gin (search);
DROP FUNCTION search_query, search_word, searchable, folded, lettered;

DROP TRIGGER deviations_added ON deviations;
DROP TRIGGER deviations_were ON deviations;
DROP TRIGGER deviations_are ON deviations;
DROP TRIGGER deviations_gone ON deviations;
DROP TABLE changes;
DROP FUNCTION note_changes, stamp_change;
ALTER TABLE journal_heads DROP COLUMN writes;

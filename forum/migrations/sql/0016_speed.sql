-- The newest of a map window, and how many there are, without reading the window's rows: their times and ids stand beside
-- where they lie.
DROP INDEX deviations_morton;
CREATE INDEX deviations_morton ON deviations (forum_id, morton)
    INCLUDE (geom, status, visibility, organisation_id, occurred_from, id);

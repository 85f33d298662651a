DROP INDEX deviations_morton;
CREATE INDEX deviations_morton ON deviations (forum_id, morton) INCLUDE (geom, status, visibility, organisation_id);

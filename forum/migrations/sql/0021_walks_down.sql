DROP TABLE walk_checks;
DROP TABLE walk_points;
DROP TABLE walk_people;
DROP TABLE walks;

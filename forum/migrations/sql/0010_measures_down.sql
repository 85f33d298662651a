DROP TABLE follow_ups;
DROP TABLE measure_deviations;
DROP TABLE measures;
DROP TABLE causes;
DELETE FROM steps WHERE thing_kind IN ('cause', 'measure');

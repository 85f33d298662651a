ALTER TABLE measures DROP COLUMN spent_kr, DROP COLUMN spent_on;

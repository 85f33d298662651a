ALTER TABLE awards DROP COLUMN evidence;

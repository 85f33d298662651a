DROP FUNCTION published;
DROP POLICY forums_open ON forums;
ALTER TABLE forums DROP COLUMN public_page;
DROP TABLE publications;

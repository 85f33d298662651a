DELETE FROM pictures WHERE audience = 'public';
ALTER TABLE pictures DROP CONSTRAINT pictures_audience_check,
    ADD CONSTRAINT pictures_audience_check CHECK (audience IN ('authorities', 'forum'));
DELETE FROM documents WHERE audience = 'public';
ALTER TABLE documents DROP CONSTRAINT documents_audience_check,
    ADD CONSTRAINT documents_audience_check CHECK (audience IN ('authorities', 'forum'));
DROP FUNCTION published;
DROP POLICY forums_open ON forums;
ALTER TABLE forums DROP COLUMN public_page;
DROP TABLE publications;

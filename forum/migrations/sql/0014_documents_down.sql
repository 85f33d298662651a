DROP FUNCTION forget_documents;
DROP TABLE documents;

DROP POLICY plans_make ON plans;
DROP TABLE adoptions;
DROP TABLE plans;
ALTER TABLE documents DROP CONSTRAINT documents_word, DROP hash, DROP word_hash, DROP word;

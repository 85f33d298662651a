DROP TABLE nomination_letters, supplements, packs, evidence, nominators, contents;
DROP FUNCTION forget_nominators, end_drafts, nominated_before, i_write;

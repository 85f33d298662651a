DROP POLICY quarantine_hold ON quarantine;
DROP FUNCTION forget_imports;
DROP TABLE imports;

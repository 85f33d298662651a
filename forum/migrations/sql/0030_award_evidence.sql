-- What an award stands on, as everybody may see it: copied when it is decided, known with it from the ceremony on.

ALTER TABLE awards ADD COLUMN evidence jsonb NOT NULL DEFAULT '[]';

-- What a measure cost once it was carried out: kronor, and what is in the sum. Beforehand there is `cost`, a guess.

ALTER TABLE measures
    ADD COLUMN spent_kr integer CHECK (spent_kr >= 0),
    ADD COLUMN spent_on text NOT NULL DEFAULT '';
GRANT UPDATE (spent_kr, spent_on) ON measures TO trygg_app;

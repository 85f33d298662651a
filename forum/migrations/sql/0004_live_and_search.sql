-- Live: that something changed, and for whom; never what. And the search that finds parts of words.

-- The forum's data version: how often something was written, reads not counted. It is raised while the journal's head is
-- held, so it grows in the order of the commits.
ALTER TABLE journal_heads ADD COLUMN writes bigint NOT NULL DEFAULT 0;

-- One row for each visibility that a statement touched (of `own` rows: for each organisation). `at` is set anew when the
-- transaction commits: see stamp_change. Kept for a day. No foreign key: nothing may wait here for anything.
CREATE TABLE changes (
    forum_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    visibility text NOT NULL,
    organisation_id uuid
);
CREATE INDEX changes_newest ON changes (forum_id, at DESC) INCLUDE (visibility, organisation_id);

ALTER TABLE changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY changes_read ON changes FOR SELECT TO trygg_app USING (
    forum_id = (SELECT my_forum())
    AND (visibility = ANY ((SELECT visibilities())::text[])
         OR (visibility = 'own' AND organisation_id = (SELECT my_organisation())))
);
CREATE POLICY changes_audience ON changes AS RESTRICTIVE FOR SELECT TO trygg_app
    USING (visibility = ANY ((SELECT audience_sees())::text[]));
GRANT SELECT ON changes TO trygg_app;

-- Once for each statement, however many rows it writes. Locks nothing that another transaction holds: old rows that one
-- is taking away are passed over.
CREATE FUNCTION note_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO changes (forum_id, visibility, organisation_id)
    SELECT DISTINCT forum_id, visibility, CASE visibility WHEN 'own' THEN organisation_id END FROM touched;
    DELETE FROM changes WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM changes
        WHERE forum_id = (SELECT forum_id FROM touched LIMIT 1) AND at < clock_timestamp() - interval '1 day'
        ORDER BY at LIMIT 1000 FOR UPDATE SKIP LOCKED
    ));
    RETURN NULL;
END
$$;
CREATE TRIGGER deviations_added AFTER INSERT ON deviations REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes();
-- both as they were and as they are: who saw a row before it was narrowed hears of it too
CREATE TRIGGER deviations_were AFTER UPDATE ON deviations REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes();
CREATE TRIGGER deviations_are AFTER UPDATE ON deviations REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes();
CREATE TRIGGER deviations_gone AFTER DELETE ON deviations REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION note_changes();

-- At the commit, when the journal's head is held: a change that is seen later has a later number, however long its
-- transaction took and whatever the clock does. So "newer than the last that I heard of" misses nothing.
CREATE FUNCTION stamp_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE changes SET at = greatest(
        clock_timestamp(), (SELECT max(c.at) FROM changes c WHERE c.forum_id = NEW.forum_id) + interval '1 microsecond'
    ) WHERE forum_id = NEW.forum_id AND at = NEW.at AND visibility = NEW.visibility
        AND organisation_id IS NOT DISTINCT FROM NEW.organisation_id;
    PERFORM pg_notify('trygg_changes', NEW.forum_id::text);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER changes_stamp AFTER INSERT ON changes DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION stamp_change();

-- Search -----------------------------------------------------------------------------------------------------------------

-- Small letters, each with its marks in one sign.
CREATE FUNCTION lettered(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lower(normalize(words, NFC)) $$;

-- The same without marks, so that å, ä and ö need not be typed.
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, normalize(words, NFC))) $$;

-- What a row is found by: the stems of its words in their order, for Swedish inflection and for "words beside each other";
-- and each word from each of its letters on, down to the last three and as far as 24: garaget, araget … get. Any part of a
-- word is the beginning of one of these, and the full-text index looks beginnings up. All of it as written and without marks:
-- who types marks means them.
CREATE FUNCTION searchable(words text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$
DECLARE
    plain text := public.lettered(words);
    bare text := public.folded(words);
    stems tsvector := to_tsvector('pg_catalog.swedish', plain);
BEGIN
    IF bare <> plain THEN
        stems := stems || to_tsvector('pg_catalog.swedish', bare);
        plain := plain || ' ' || bare;
    END IF;
    RETURN stems || array_to_tsvector(ARRAY(
        SELECT substr(word, start, 24)
        FROM regexp_split_to_table(plain, '[^[:alnum:]]+') word, generate_series(1, length(word) - 2) start
    ));
END
$$;

-- What finds one word: its Swedish stem, or any word that it is a part of; also without a last -a, -e, -an or -et, which go
-- in compounds and which the stemmer keeps (skola, skolgård; torget, torg). Words of less than three letters are no
-- parts. Nothing for a stop word.
CREATE FUNCTION search_word(word text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$
DECLARE
    plain text := public.lettered(word);
    stem tsquery := plainto_tsquery('pg_catalog.swedish', plain);
    parts tsquery := (
        SELECT string_agg(quote_literal(left(regexp_replace(part, '^(.{4,})(an|et|[ae])$', '\1'), 24)) || ':*', '&')
        FROM regexp_split_to_table(plain, '[^[:alnum:]]+') part WHERE part <> ''
        HAVING min(length(part)) >= 3
    );
BEGIN
    RETURN CASE WHEN numnode(stem) > 0 THEN coalesce(stem || parts, stem) END;
END
$$;

-- The reader's words: all must be found; "quoted" ones beside each other; none after a minus; `or` between alternatives.
-- Nothing where they say nothing.
CREATE FUNCTION search_query(words text) RETURNS tsquery LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$
DECLARE
    piece text[];
    one tsquery;
    wanted tsquery;
    found tsquery;
BEGIN
    FOR piece IN SELECT regexp_matches(words, '(-?)(?:"([^"]*)"?|([^\s"]+))', 'g') LOOP
        IF piece[1] = '' AND lower(piece[3]) = 'or' THEN
            found := coalesce(found || wanted, found, wanted);
            wanted := NULL;
        ELSE
            one := coalesce(public.search_word(piece[3]), phraseto_tsquery('pg_catalog.swedish', public.lettered(piece[2])));
            one := CASE WHEN numnode(one) > 0 THEN CASE piece[1] WHEN '-' THEN !! one ELSE one END END;
            wanted := coalesce(wanted && one, wanted, one);
        END IF;
    END LOOP;
    RETURN coalesce(found || wanted, found, wanted);
END
$$;
GRANT EXECUTE ON FUNCTION lettered, folded, searchable, search_word, search_query TO trygg_app;

ALTER TABLE deviations DROP COLUMN search;
ALTER TABLE deviations ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (searchable(text || ' . ' || reply)) STORED;
CREATE INDEX deviations_search ON deviations USING gin (search);

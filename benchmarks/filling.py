"""The rows of a run (rader): the same ones every time, put into the tables behind the program's back.

So many as asked for are what the reader, an officer of an authority, is shown; a fifth more are there that the reader
is not shown: other organisations' own, and withdrawn ones.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine, text

WINDOW = (18.05, 59.22, 18.15, 59.27)
"""West, south, east, north of the district: Farsta."""
SEED = 0.2023
HIDDEN = 5
"""One row more in so many is not shown to the reader."""
DEVIATIONS = text("""
WITH o AS (SELECT array_agg(id ORDER BY name) AS ids FROM organisations WHERE forum_id = :forum),
     c AS (SELECT array_agg(id ORDER BY code) AS ids FROM categories WHERE forum_id = :forum),
     d AS (SELECT n, n > :shown AS hidden, random() AS a, random() AS b, random() AS x, random() AS y, random() AS t,
                  random() AS w
           FROM generate_series(1, :shown + :shown / :one_in) n)
INSERT INTO deviations (id, client_id, forum_id, nr, organisation_id, registered_by_id, request_digest, category_id,
    geom, accuracy_m, occurred_from, occurred_to, text, visibility, status, created_at, changed_at)
SELECT md5('row ' || n)::uuid, md5('sent ' || n)::uuid, :forum, 1000000 + n,
    CASE WHEN hidden THEN :other ELSE o.ids[1 + floor(a * cardinality(o.ids))] END,
    CASE WHEN hidden THEN :other ELSE o.ids[1 + floor(a * cardinality(o.ids))] END,
    '', c.ids[1 + floor(b * cardinality(c.ids))],
    ST_SetSRID(ST_MakePoint(:west + (:east - :west) * x, :south + (:north - :south) * y), 4326), 25,
    date_trunc('day', now()) - t * interval '4 years',
    date_trunc('day', now()) - t * interval '4 years' + (n % 5 = 0)::integer * interval '3 hours',
    (ARRAY['Lyktstolpar är släckta vid gångvägen', 'Klotter på tunnelns vägg', 'Ungdomar samlas vid torget',
           'Krossat glas på skolgården', 'Bänken är sönder', 'Högljudd musik från garaget'])[1 + floor(w * 6)],
    CASE WHEN hidden AND n % 2 = 0 THEN 'own'
         ELSE (ARRAY['authorities', 'public', 'forum', 'forum', 'forum', 'forum'])[1 + floor(w * 6)] END,
    CASE WHEN hidden AND n % 2 = 1 THEN 'withdrawn'
         ELSE (ARRAY['new', 'looked_at', 'at_place', 'answered', 'answered'])[1 + floor(b * 5)] END,
    date_trunc('day', now()) - t * interval '4 years', date_trunc('day', now()) - t * interval '4 years'
FROM d, o, c ORDER BY n
""")


def fill(superuser: Engine, forum: UUID, other: UUID, shown: int) -> None:
    """Put `shown` rows for the reader, and a fifth more that the reader is not shown, into the forum.

    `other` is the organisation that keeps rows to itself; the engine commits each statement.
    """
    west, south, east, north = WINDOW
    window = {"west": west, "south": south, "east": east, "north": north}
    with superuser.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # no foreign keys, no triggers: only rows
        connection.execute(text("SELECT setseed(:seed)"), {"seed": SEED})
        facts = {"forum": forum, "other": other, "shown": shown, "one_in": HIDDEN}
        connection.execute(DEVIATIONS, facts | window)
        connection.execute(text("VACUUM ANALYZE deviations"))
        connection.execute(text("SET session_replication_role = DEFAULT"))

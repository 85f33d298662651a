"""All tables in one place (tabellerna), for the migrations and the tests that compare them."""

from forum.foundation.database import Base
from forum.people import accounts, agreements, calendars, contacts, forums, members, organisations, subscriptions
from forum.people import letters as people_letters
from forum.prize import (
    assessments,
    awards,
    contents,
    editions,
    evidence,
    gates,
    jury,
    methods,
    motions,
    nominations,
    nominators,
    packs,
    protocol,
    supplements,
    ties,
)
from forum.prize import letters as prize_letters
from forum.register import areas, categories, deviations, imports, places, quarantine, steps, surveys, views, walks
from forum.work import (
    adoptions,
    agenda,
    causes,
    cycles,
    decisions,
    documents,
    effects,
    follow_ups,
    links,
    measures,
    meetings,
    minutes,
    notices,
    pictures,
    plans,
    publications,
)

MODULES = (
    accounts, adoptions, agenda, agreements, areas, assessments, awards, calendars, categories, causes, contacts,
    contents, cycles, decisions, deviations, documents, editions, effects, evidence, follow_ups, forums, gates,
    imports, jury, links, measures, meetings, members, methods, minutes, motions, nominations, nominators,
    notices, organisations, packs, people_letters, pictures, places, plans, prize_letters, protocol, publications,
    quarantine, steps, subscriptions, supplements, surveys, ties, views, walks,
)  # fmt: skip
ALL = Base.metadata.tables

"""All tables in one place (tabellerna), for the migrations and the tests that compare them."""

from forum.foundation.database import Base
from forum.people import (
    accounts,
    agreements,
    calendars,
    contacts,
    forums,
    letters,
    members,
    organisations,
    subscriptions,
)
from forum.prize import awards, contents, editions, evidence, jury, nominations, nominators, packs, supplements, ties
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
    accounts, adoptions, agenda, agreements, areas, awards, calendars, categories, causes, contacts, contents,
    cycles, decisions, deviations, documents, editions, effects, evidence, follow_ups, forums, imports, jury, letters,
    links, measures, meetings, members, minutes, nominations, nominators, notices, organisations, packs, pictures,
    places, plans, prize_letters, publications, quarantine, steps, subscriptions, supplements, surveys, ties, views,
    walks,
)  # fmt: skip
ALL = Base.metadata.tables

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
from forum.prize import awards, editions, jury, methods, nominations, ties
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
    accounts, adoptions, agenda, agreements, areas, awards, calendars, categories, causes, contacts, cycles,
    decisions, deviations, documents, editions, effects, follow_ups, forums, imports, jury, letters, links,
    measures, meetings, members, methods, minutes, nominations, notices, organisations, pictures, places, plans,
    publications, quarantine, steps, subscriptions, surveys, ties, views, walks,
)  # fmt: skip
ALL = Base.metadata.tables

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
from forum.prize import assessments, awards, editions, gates, jury, motions, nominations, protocol, ties
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
    cycles, decisions, deviations, documents, editions, effects, follow_ups, forums, gates, imports, jury, letters,
    links, measures, meetings, members, minutes, motions, nominations, notices, organisations, pictures, places, plans,
    protocol, publications, quarantine, steps, subscriptions, surveys, ties, views, walks,
)  # fmt: skip
ALL = Base.metadata.tables

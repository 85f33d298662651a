"""All tables in one place (tabellerna), for the migrations and the tests that compare them."""

from forum.foundation.database import Base
from forum.people import accounts, agreements, forums, members, organisations
from forum.register import areas, categories, deviations, quarantine, views

MODULES = (accounts, agreements, areas, categories, deviations, forums, members, organisations, quarantine, views)
ALL = Base.metadata.tables

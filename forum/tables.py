"""All tables in one place (tabellerna), for the migrations and the tests that compare them."""

from forum.foundation.database import Base
from forum.people import accounts, agreements, forums, members, organisations
from forum.register import areas, categories, deviations, quarantine

MODULES = (accounts, agreements, areas, categories, deviations, forums, members, organisations, quarantine)
ALL = Base.metadata.tables

"""The demo forum (demoforumet): an invented year and two months in Farsta, made from a seed number.

Everything here is invented and marked so: organisations, deviations, patterns. The ground is real, typed by hand. The
hand-written tables stand in `forum/data/demo`; `rows` makes the deviations, `build` puts them into a database.
"""

from forum.demo.build import Analyst, Summary, build
from forum.demo.partners import Person, persons
from forum.demo.prize import Holder, officers
from forum.demo.rows import DemoRow, rows

__all__ = ["Analyst", "DemoRow", "Holder", "Person", "Summary", "build", "officers", "persons", "rows"]

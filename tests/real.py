"""Where the real data stand that the tests marked `realdata` read: beside the checkout, never in it."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
STOCKHOLM = DATA / "stockholm"
DISTRICTS = STOCKHOLM / "stadsdelsomraden_11.geojson"
POLICE = DATA / "polisen" / "polisen_stockholm_stad_2022_2026.csv"
NEW_YORK = DATA / "elsewhere" / "nycvehiclethefts.csv.gz"
CHICAGO = DATA / "elsewhere" / "chicago_burglary.csv.gz"

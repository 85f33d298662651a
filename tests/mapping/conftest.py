"""GDAL with the six formats only, whatever a test module imports first."""

from __future__ import annotations

import os

import mapping

assert os.environ["OGR_SKIP"] == mapping.LEFT_OUT  # before pyogrio is loaded

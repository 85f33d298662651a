"""File formats, read strictly (filformat): official area files, tables of deviations, the report of an import."""

import os

os.environ.setdefault("OPENPYXL_LXML", "False")
"""With lxml beside it, openpyxl writes 🚲 as a decimal reference, which libraries of other languages misread; and
what it reads would no longer go through defusedxml."""

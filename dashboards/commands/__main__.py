"""Lets the supervisor start its parts as `python -m dashboards.commands` (delarna)."""

from dashboards.commands import main

main(prog_name="trygghetsforum")

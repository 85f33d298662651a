"""The register's door to the screening of free text (granskning); people's own texts use the same one below."""

from forum.foundation.screening import Hit, Kind, check, find

__all__ = ["Hit", "Kind", "check", "find"]

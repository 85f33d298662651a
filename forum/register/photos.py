"""A photo that says nothing but what is seen on it (foto): a JPEG without anything that a camera writes into it."""

from __future__ import annotations

from collections.abc import Iterator

from forum.foundation.errors import Invalid
from forum.foundation.language import N_

LARGEST = 2_000_000
"""Bytes of a photo as it is kept."""
START, SCAN, END = 0xD8, 0xDA, 0xD9
PLAIN = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0})
"""The segments that draw the picture, and JFIF's own; EXIF, XMP, previews and comments stand in others."""


def require_bare(content: bytes) -> None:
    """Refuse what is no JPEG, is too large, or holds a segment beside those that draw the picture."""
    if len(content) > LARGEST:
        message, remedy = N_("The photo is too large."), N_("Give at most %(most)s megabytes.")
        raise Invalid(message, field="photo", value=f"{len(content)}", remedy=remedy, most=LARGEST // 1_000_000)
    kinds = list(_segments(content))
    if not kinds or kinds[-1] != SCAN or not set(kinds[:-1]) <= PLAIN or not content.endswith(bytes((0xFF, END))):
        message = N_("The photo holds more than a picture, such as where and when it was taken.")
        raise Invalid(message, field="photo", value="", remedy=N_("Save it as JPEG without such facts."))


def _segments(content: bytes) -> Iterator[int]:
    """Yield the kind of each segment up to the picture itself; nothing for what is no JPEG."""
    if content[:2] != bytes((0xFF, START)):
        return
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        kind = content[at + 1]
        yield kind
        if kind == SCAN:
            return
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")

"""Stretches of text and how several of them are brought into order (stycken)."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]


def apart(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, the earliest and longest kept where several overlap."""
    kept: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept

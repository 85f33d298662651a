"""A document that is brought can be read, and does nothing else."""

from __future__ import annotations

import zlib
from io import BytesIO

import pytest
from pypdfium2 import PdfDocument

from forum.foundation.errors import Invalid
from forum.prize import papers


def written(pages: int = 1) -> bytes:
    document, file = PdfDocument.new(), BytesIO()
    for _ in range(pages):
        document.new_page(200, 200)
    document.save(file)
    return file.getvalue()


def with_object(words: bytes) -> bytes:
    return written().replace(b"endobj", b"endobj\n99 0 obj\n" + words + b"\nendobj", 1)


def packed(words: bytes) -> bytes:
    held = zlib.compress(words)
    head = b"<</Type /ObjStm /N 1 /First 4 /Length %d /Filter /FlateDecode>>" % len(held)
    return with_object(head + b"\nstream\n" + held + b"\nendstream")


def test_a_plain_document_is_taken_with_its_pages() -> None:
    assert papers.require_plain(written(3)) == 3
    assert papers.require_plain(with_object(b"<</OpenAction [1 0 R /Fit]>>")) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no PDF"),
        (b"<html>%PDF-", "no PDF"),
        (b"%PDF-1.7 and nothing more", "cannot be read"),
        (written(papers.MOST_PAGES + 1), "too many pages"),
        (written() + bytes(papers.LARGEST), "too large"),
        (with_object(b"<</S /JavaScript /JS (app.alert(1))>>"), "runs something"),
        (with_object(b"<</S /Java#53cript>>"), "runs something"),
        (with_object(b"<</Type /Filespec /EF <</F 5 0 R>> /EmbeddedFiles 1>>"), "holds other files"),
        (with_object(b"<</S /Launch /F (cmd.exe)>>"), "runs something"),
        (with_object(b"<</Encrypt 7 0 R>>"), "locked"),
        (packed(b"1 0 <</S /JavaScript>>"), "runs something"),
    ],
)
def test_any_other_is_refused_with_the_remedy(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        papers.require_plain(content)
    assert refused.value.field == "document"
    assert refused.value.remedy

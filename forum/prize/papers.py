"""Documents that are brought (handlingar): a PDF that can be read and does nothing else.

It is opened by a PDF library, and all its objects are looked into: nothing that runs, opens, sends or holds another
file, and no password. It is never shown within a page of ours: it is handed out to be saved.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from pypdfium2 import PdfDocument, PdfiumError, raw

from forum.foundation.errors import Invalid
from forum.foundation.language import N_

LARGEST = 10_000_000
"""Bytes of a document at most."""
UNPACKED = 100_000_000
"""Bytes that its streams may unpack to, all together."""
MOST_PAGES = 100
HEAD = b"%PDF-"
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
OBJECTS, ITS_HEAD = b"ObjStm", 400
"""What a stream that holds objects is called, within so many bytes before it."""
ACTIVE = re.compile(
    rb"/(JavaScript|JS|EmbeddedFiles?|Launch|SubmitForm|ImportData|RichMedia|Rendition|GoToE|GoToR|XFA|Encrypt)"
    rb"(?![A-Za-z])"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
"""A name may be written with its letters as numbers."""


def require_plain(content: bytes) -> int:
    """Return how many pages a PDF has; refuses what is none, is too large, is locked or does anything."""
    if not content.startswith(HEAD):
        message, remedy = N_("This is no PDF."), N_("Save the document as PDF and choose that file.")
        raise _refused(message, remedy)
    if len(content) > LARGEST:
        raise _refused(N_("The document is too large."), N_("Give at most %(most)s megabytes."), LARGEST // 1_000_000)
    if any(ACTIVE.search(_plain(part)) for part in _parts(content)):
        message = N_("The PDF is locked, runs something or holds other files.")
        raise _refused(message, N_("Print it to a new PDF, and choose that file."))
    return _pages(content)


def _refused(message: str, remedy: str, most: int = 0) -> Invalid:
    return Invalid(message, field="document", value="PDF", remedy=remedy, most=most)


def _parts(content: bytes) -> Iterator[bytes]:
    """Yield the document without its streams, and unpacked each stream that holds more of its objects."""
    yield STREAM.sub(b"", content)
    left = UNPACKED
    for found in STREAM.finditer(content):
        if OBJECTS not in _plain(content[max(0, found.start() - ITS_HEAD) : found.start()]):
            continue
        unpacker = zlib.decompressobj()
        try:
            unpacked = unpacker.decompress(found[1], left)
        except zlib.error:
            continue
        left -= len(unpacked)
        if left <= 0 or unpacker.unconsumed_tail:
            raise _refused(
                N_("The document is too large."), N_("Give at most %(most)s megabytes."), LARGEST // 1_000_000
            )
        yield unpacked


def _plain(part: bytes) -> bytes:
    return ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), part)


def _pages(content: bytes) -> int:
    try:
        document = PdfDocument(content)
        pages, held = len(document), raw.FPDFDoc_GetAttachmentCount(document.raw)
        scripts = raw.FPDFDoc_GetJavaScriptActionCount(document.raw)
        document.close()
    except PdfiumError as error:
        message, remedy = N_("This PDF cannot be read."), N_("Print it to a new PDF, and choose that file.")
        raise _refused(message, remedy) from error
    if held > 0 or scripts > 0:
        message = N_("The PDF is locked, runs something or holds other files.")
        raise _refused(message, N_("Print it to a new PDF, and choose that file."))
    if not 0 < pages <= MOST_PAGES:
        raise _refused(N_("The document has too many pages."), N_("Give at most %(most)s pages."), MOST_PAGES)
    return pages

"""A photo as it may be kept (foto): turned upright, made smaller, drawn anew, so that the picture alone is left."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from forum.foundation.errors import Invalid
from forum.foundation.language import N_

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST = 15_000_000
"""Bytes of a photo as it comes."""
MOST_PIXELS = 60_000_000
SIDE, QUALITY = 1600, 80
"""Pixels of the longer side, and of how good a picture."""


def bare(content: bytes, name: str) -> bytes:
    """Return the picture as a JPEG without anything that a camera has written into it.

    Parameters
    ----------
    content : bytes
        JPEG, PNG or WebP.
    name : str
        Of the file, for a refusal.

    Returns
    -------
    bytes

    Raises
    ------
    Invalid
        For what is no such picture, is too large, or would unpack to too much.
    """
    if len(content) > LARGEST:
        message, remedy = N_("The photo is too large."), N_("Give at most %(most)s megabytes.")
        raise Invalid(message, field="photo", value=name, remedy=remedy, most=LARGEST // 1_000_000)
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            if opened.width * opened.height > MOST_PIXELS:
                raise _no_picture(name)
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise _no_picture(name) from error
    upright.thumbnail((SIDE, SIDE))
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    file = io.BytesIO()
    plain.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _no_picture(name: str) -> Invalid:
    remedy = N_("Give a photo as JPEG, PNG or WebP.")
    return Invalid(N_("This is no picture that can be read."), field="photo", value=name, remedy=remedy)

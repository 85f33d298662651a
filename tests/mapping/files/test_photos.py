"""A photo as it is kept: the picture, upright, and nothing that the camera wrote."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from forum.foundation.errors import Invalid
from forum.register.photos import require_bare
from mapping.files import photos

ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825


def taken(form: str = "JPEG", size: tuple[int, int] = (400, 200)) -> bytes:
    """Return a photo of which the left half is red, with facts of a camera."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "En kamera"
    exif.get_ifd(GPS)[1] = "N"
    file = io.BytesIO()
    image.save(file, form, exif=exif.tobytes(), **({"comment": b"hemma"} if form == "JPEG" else {}))
    return file.getvalue()


@pytest.mark.parametrize("form", photos.FORMATS)
def test_nothing_but_the_picture_is_left_and_it_stands_upright(form: str) -> None:
    kept = photos.bare(taken(form), "p")
    require_bare(kept)
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (200, 400), {})
        top, bottom = (image.getpixel((100, y)) for y in (50, 350))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert bottom[1] - top[1] > 150  # red above, white below
    assert not {b"Exif", b"En kamera", b"hemma"} & {word for word in (b"Exif", b"En kamera", b"hemma") if word in kept}


def test_what_came_from_the_camera_would_be_refused_as_it_is() -> None:
    with pytest.raises(Invalid, match="more than a picture"):
        require_bare(taken())


def test_a_large_picture_is_made_smaller() -> None:
    with Image.open(io.BytesIO(photos.bare(taken(size=(4000, 3000)), "p"))) as image:
        assert max(image.size) == photos.SIDE


@pytest.mark.parametrize("content", [b"", b"GIF89a" + bytes(40), b"<svg/>", taken()[:300], b"\xff\xd8\xff\xe0" * 9])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match=r"no picture.*bild\.exe"):
        photos.bare(content, "bild.exe")


def test_what_would_unpack_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PIXELS", 1000)
    with pytest.raises(Invalid, match="no picture"):
        photos.bare(taken("PNG"), "p")
    monkeypatch.setattr(photos, "LARGEST", 100)
    with pytest.raises(Invalid, match="too large"):
        photos.bare(taken(), "p")

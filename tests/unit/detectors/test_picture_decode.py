"""Pictures are refused before they can do harm, and nothing but their pixels goes on."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from detectors.pictures.decode import Attachments, check_size, decode, encode, kind_of
from detectors.pictures.limits import DEFAULT_LIMITS, PictureLimits
from schemas.errors import DetectionError, PictureError, PictureTooLargeError, PictureUnreadableError

KINDS = ("PNG", "JPEG", "WEBP")
GPS_PART = 0x8825


def encoded(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    (image or Image.new("RGB", (64, 48), (200, 30, 30))).save(out, kind, **options)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small file whose header promises so many pixels: a bomb."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1 << 16))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_the_format_is_known_by_its_first_bytes(kind: str) -> None:
    assert kind_of(encoded(kind)[:12]) == kind


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_comes_out_with_its_size_and_kind(kind: str) -> None:
    decoded = decode(encoded(kind), DEFAULT_LIMITS)
    assert decoded.image.size == (64, 48)
    assert decoded.image.mode == "RGB"
    assert decoded.media_type == {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}[kind]


@pytest.mark.parametrize("octets", [b"", b"GIF89a" + bytes(40), b"<svg xmlns='x'/>", b"\x89PNG", b"RIFF\x10\0\0\0WAVEfmt "])
def test_what_is_no_known_picture_is_refused(octets: bytes) -> None:
    with pytest.raises(PictureUnreadableError):
        decode(octets, DEFAULT_LIMITS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_picture_that_is_cut_off_is_refused(kind: str, part: float) -> None:
    noise = Image.effect_noise((96, 96), 80).convert("RGB")
    whole = encoded(kind, noise)
    with pytest.raises(PictureUnreadableError):
        decode(whole[: int(len(whole) * part)], DEFAULT_LIMITS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_first_bytes_before_nonsense_are_refused(kind: str) -> None:
    with pytest.raises(PictureUnreadableError):
        decode(encoded(kind)[:12] + bytes(range(256)) * 4, DEFAULT_LIMITS)


@pytest.mark.parametrize("size", [(20_000, 20_000), (60_000, 60_000), (9_000, 10), (3_000, 3_000)])
def test_a_bomb_is_refused_by_its_header_alone(size: tuple[int, int]) -> None:
    bomb = png_that_claims(*size)
    for attempt in (check_size, decode):
        with pytest.raises(PictureTooLargeError):
            attempt(bomb, DEFAULT_LIMITS)


def test_a_picture_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(PictureTooLargeError):
        decode(encoded("PNG"), PictureLimits(bytes_max=20))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", (32, 32), (shade, 0, 0)) for shade in (0, 90, 200)]
    with pytest.raises(PictureUnreadableError, match="several frames"):
        decode(encoded(kind, frames[0], save_all=True, append_images=frames[1:], duration=50), DEFAULT_LIMITS)


def test_refusals_hold_the_stream_as_other_detection_errors_do() -> None:
    assert issubclass(PictureTooLargeError, PictureError)
    assert issubclass(PictureError, DetectionError)


@pytest.mark.parametrize("kind", KINDS)
def test_the_place_and_everything_else_in_exif_stays_behind(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Wang Jianguo"
    exif.get_ifd(GPS_PART).update({1: "N", 2: (31.0, 14.0, 2.0), 3: "E", 4: (121.0, 30.0, 1.0)})
    source = encoded(kind, exif=exif)
    with Image.open(io.BytesIO(source)) as before:
        assert before.getexif().get_ifd(GPS_PART)
    out = encode(decode(source, DEFAULT_LIMITS).image, kind, Attachments({}))
    with Image.open(io.BytesIO(out)) as after:
        after.load()
        assert dict(after.getexif()) == {}
    assert b"Wang Jianguo" not in out


def test_bytes_behind_the_end_and_comments_stay_behind() -> None:
    source = encoded("JPEG", comment=b"call 13812345678") + b"hidden 13812345678"
    out = encode(decode(source, DEFAULT_LIMITS).image, "JPEG", Attachments({}))
    assert b"13812345678" not in out


def test_colours_that_transparency_hides_stay_behind() -> None:
    image = Image.new("RGBA", (40, 40), (255, 255, 255, 0))
    image.paste((10, 20, 30, 0), (5, 5, 20, 20))
    assert decode(encoded("PNG", image), DEFAULT_LIMITS).image.getcolors() == [(1600, (255, 255, 255))]


def test_a_picture_is_turned_upright_as_its_exif_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert decode(encoded("JPEG", exif=exif), DEFAULT_LIMITS).image.size == (48, 64)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_mode_of_png_becomes_rgb(mode: str) -> None:
    assert decode(encoded("PNG", Image.new(mode, (20, 10))), DEFAULT_LIMITS).image.mode == "RGB"


def test_grey_of_sixteen_bits_keeps_its_shade() -> None:
    pixel = decode(encoded("PNG", Image.new("I;16", (4, 4), 0x8000)), DEFAULT_LIMITS).image.getpixel((1, 1))
    assert pixel == (128, 128, 128)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_pixels_give_the_same_bytes(kind: str) -> None:
    image = Image.effect_noise((50, 40), 60).convert("RGB")
    assert encode(image, kind, Attachments({})) == encode(image.copy(), kind, Attachments({}))

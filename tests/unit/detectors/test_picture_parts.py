"""Pictures that come in parts, as base64 or bytes, and pictures inside text."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from detectors.pictures.assemble import PictureAssembly
from detectors.pictures.inline import find_pictures, open_from, written
from detectors.pictures.limits import PictureLimits
from schemas.errors import InvariantError, PictureTooLargeError, PictureUnreadableError


@pytest.fixture(scope="module")
def png() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((31, 17), 50).convert("RGB").save(out, "PNG")
    return out.getvalue()


def in_parts(octets: bytes, size: int) -> list[bytes]:
    return [octets[start : start + size] for start in range(0, len(octets), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64, 100_000])
@pytest.mark.parametrize("padded", [True, False])
def test_base64_in_any_parts_gives_the_picture(png: bytes, size: int, padded: bool) -> None:
    text = base64.b64encode(png)
    assembly = PictureAssembly(is_base64=True)
    for part in in_parts(text if padded else text.rstrip(b"="), size):
        assembly.feed(part)
    assert assembly.finish() == png


def test_every_length_of_the_last_group_is_read(png: bytes) -> None:
    for more in range(4):
        longer = png + bytes(more)
        assembly = PictureAssembly(is_base64=True)
        for part in in_parts(base64.b64encode(longer), 7):
            assembly.feed(part)
        assert assembly.finish() == longer


@pytest.mark.parametrize("size", [1, 13, 100_000])
def test_bytes_in_any_parts_give_the_picture(png: bytes, size: int) -> None:
    assembly = PictureAssembly(is_base64=False)
    for part in in_parts(png, size):
        assembly.feed(part)
    assert assembly.finish() == png


@pytest.mark.parametrize("is_base64", [True, False])
def test_a_crash_after_any_part_changes_nothing(png: bytes, is_base64: bool) -> None:
    assembly = PictureAssembly(is_base64=is_base64)
    for part in in_parts(base64.b64encode(png) if is_base64 else png, 37):
        assembly.feed(part)
        dumped = assembly.dump()
        assembly = PictureAssembly.load(dumped)
        assert assembly.dump() == dumped
    assert assembly.finish() == png


def test_white_space_and_the_alphabet_for_urls_are_read(png: bytes) -> None:
    assembly = PictureAssembly(is_base64=True)
    text = base64.urlsafe_b64encode(png).decode()
    assembly.feed("\r\n".join(text[start : start + 76] for start in range(0, len(text), 76)))
    assert assembly.finish() == png


@pytest.mark.parametrize("tail", ["!", "é", "QQ==QQ==", "QQ==", "="])
def test_what_is_no_base64_is_refused(png: bytes, tail: str) -> None:
    assembly = PictureAssembly(is_base64=True)

    def take_all() -> None:
        assembly.feed(base64.b64encode(png + bytes(-(len(png)) % 3 + 1)).decode())  # ends in two signs
        assembly.feed(tail)
        assembly.finish()

    with pytest.raises(PictureUnreadableError):
        take_all()


def test_a_wrong_beginning_is_noticed_at_the_first_bytes() -> None:
    assembly = PictureAssembly(is_base64=True)
    with pytest.raises(PictureUnreadableError):
        assembly.feed(base64.b64encode(b"GIF89a" + bytes(30)))


def test_too_many_bytes_are_noticed_while_they_come(png: bytes) -> None:
    assembly = PictureAssembly(is_base64=False, limits=PictureLimits(bytes_max=len(png)))
    assembly.feed(png)
    with pytest.raises(PictureTooLargeError):
        assembly.feed(b"x")
    assert assembly.held_bytes <= len(png) + 1


def test_a_picture_of_too_many_pixels_is_not_finished(png: bytes) -> None:
    assembly = PictureAssembly(is_base64=False, limits=PictureLimits(pixels_max=100))
    assembly.feed(png)
    with pytest.raises(PictureTooLargeError):
        assembly.finish()


def test_a_picture_that_never_began_is_not_finished() -> None:
    with pytest.raises(PictureUnreadableError):
        PictureAssembly(is_base64=True).finish()


@pytest.mark.parametrize("dumped", [b"", b"\x02\x00\x00\x00\x00\x00\x00", b"\x01\x01\x00\x00\x00\x00\x05abc"])
def test_bytes_that_are_no_state_are_refused(dumped: bytes) -> None:
    with pytest.raises(InvariantError):
        PictureAssembly.load(dumped)


def test_pictures_in_a_text_are_found_where_they_stand(png: bytes) -> None:
    uri = written(png, "image/png")
    text = f"看图 ![a]({uri}) and <img src='{uri.replace('data:', 'DATA:').replace('/png', '/PNG;charset=utf-8')}'> end"
    found = find_pictures(text)
    assert [text[each.start : each.end][:10].lower() for each in found] == ["data:image", "data:image"]
    assert [each.read(text) for each in found] == [png, png]
    assert text[found[0].end] == ")"


def test_a_picture_with_escaped_signs_is_read(png: bytes) -> None:
    text = written(png, "image/png").replace("+", "%2B").replace("/", "%2F").replace("image%2Fpng", "image/png").replace("=", "%3d")
    assert find_pictures(text)[0].read(text) == png


def test_other_media_and_unencoded_ones_are_no_pictures() -> None:
    assert find_pictures("data:text/plain;base64,QUJD data:image/svg+xml,<svg/> metadata:image") == ()


def test_a_vector_picture_is_found_and_refused() -> None:
    text = written(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "image/svg+xml")
    with pytest.raises(PictureUnreadableError):
        find_pictures(text)[0].read(text)


@pytest.mark.parametrize("text", ["plain", "data:image/png;base64,QUJD) after", "data: is no picture", "", "metadata:x"])
def test_a_text_without_an_open_picture_can_be_decided_to_its_end(text: str) -> None:
    assert open_from(text) == len(text)


def test_a_picture_stays_open_from_its_first_letter(png: bytes) -> None:
    before = "See "
    uri = written(png, "image/png")
    assert {open_from(before + uri[:end]) for end in range(1, len(uri) + 1)} == {len(before)}

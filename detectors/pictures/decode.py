"""Bytes to pixels and back: three formats by their first bytes, limits before a pixel is decoded, and nothing kept but the pixels.

What leaves is written anew from the pixels that were read: thumbnails, comments, the position in EXIF, hidden colours under transparency
and bytes behind the end of the picture have no way through.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from detectors.pictures.limits import PictureLimits
from schemas.errors import PictureTooLargeError, PictureUnreadableError

MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_HEAD_BYTES = 12
_JPEG_QUALITY = 92
_WEBP_QUALITY = 92
_PAPER = (255, 255, 255)  # what shows through transparent pixels


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture as pixels.

    Attributes:
        image: Upright, RGB, in the sRGB colour space, opaque.
        kind: ``PNG``, ``JPEG`` or ``WEBP``.
        texts: Texts of PNG chunks by their key.
        xmp: The XMP packet, or empty.
        comment: EXIF's user comment as it stands there, or empty.
    """

    image: Image.Image
    kind: str
    texts: dict[str, str]
    xmp: bytes
    comment: bytes

    @property
    def media_type(self) -> str:
        """Return the media type (RFC 2046)."""
        return MEDIA_TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Attachments:
    """What is written beside the pixels.

    Attributes:
        texts: Texts of PNG chunks by their key, Latin-1.
        xmp: An XMP packet, or empty.
        comment: EXIF's user comment with its eight bytes of character code, or empty.
    """

    texts: dict[str, str]
    xmp: bytes = b""
    comment: bytes = b""


_USER_COMMENT = 0x9286
_EXIF_PART = 0x8769


def kind_of(head: bytes) -> str:
    """Return the format by the first twelve bytes, or an empty string.

    Source: PNG (ISO/IEC 15948) 5.2, JPEG (ISO/IEC 10918-1) B.1.1.3, WebP (RFC 9649) 2.3.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "WEBP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


def check_size(picture: bytes, limits: PictureLimits) -> tuple[int, int]:
    """Return width and height from the header alone, before any pixel is decoded.

    Raises:
        PictureTooLargeError: Over a limit.
        PictureUnreadableError: No picture of a known kind, or one that moves.
    """
    with _opened(picture, limits) as image:
        return image.size


def decode(picture: bytes, limits: PictureLimits) -> Decoded:
    """Return the pixels of a picture and what labels may stand in.

    Raises:
        PictureTooLargeError: Over a limit.
        PictureUnreadableError: No picture of a known kind, a broken one, or one that moves.
    """
    kind = kind_of(picture[:_HEAD_BYTES])
    try:
        with _opened(picture, limits) as image:
            image.load()
            texts = {str(key): str(text) for key, text in getattr(image, "text", {}).items()} if kind == "PNG" else {}
            xmp = _octets(image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))
            comment = _octets(image.getexif().get_ifd(_EXIF_PART).get(_USER_COMMENT))
            upright = _srgb(ImageOps.exif_transpose(image))
    except (PictureTooLargeError, PictureUnreadableError):
        raise
    except Exception as error:  # noqa: BLE001  decoders of broken bytes raise whatever the bytes make them raise
        raise PictureUnreadableError(f"{kind} of {len(picture)} bytes: {type(error).__name__}") from None
    return Decoded(upright, kind, texts, xmp, comment)


def encode(image: Image.Image, kind: str, attached: Attachments) -> bytes:
    """Return an RGB picture in a format, with what is attached and nothing else.

    The same pixels and attachments give the same bytes with the same libraries.
    """
    out = io.BytesIO()
    exif = _exif(attached.comment)
    if kind == "PNG":
        chunks = PngImagePlugin.PngInfo()
        for key, text in attached.texts.items():
            chunks.add_text(key, text)
        if attached.xmp:
            chunks.add_itxt("XML:com.adobe.xmp", attached.xmp.decode("utf-8"))
        image.save(out, "PNG", pnginfo=chunks)
    elif kind == "JPEG":
        image.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, xmp=attached.xmp, exif=exif)
    else:
        image.save(out, "WEBP", quality=_WEBP_QUALITY, method=4, xmp=attached.xmp, exif=exif)
    return out.getvalue()


def _opened(picture: bytes, limits: PictureLimits) -> Image.Image:
    """Return an image of which only the header was read, if it is within the limits."""
    if len(picture) > limits.bytes_max:
        raise PictureTooLargeError(f"{len(picture)} bytes, at most {limits.bytes_max}")
    kind = kind_of(picture[:_HEAD_BYTES])
    if not kind:
        raise PictureUnreadableError(f"{len(picture)} bytes that are no PNG, JPEG or WebP")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow only warns of bombs up to twice its own limit
            image = Image.open(io.BytesIO(picture), formats=[kind])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureTooLargeError(f"{kind} of {len(picture)} bytes: pixels over every limit") from None
    except Exception as error:  # noqa: BLE001  as above
        raise PictureUnreadableError(f"{kind} of {len(picture)} bytes: {type(error).__name__}") from None
    width, height = image.size
    if width * height > limits.pixels_max or max(width, height) > limits.side_max:
        raise PictureTooLargeError(f"{width} x {height} pixels, at most {limits.pixels_max} and {limits.side_max} a side")
    if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:  # of a JPEG with further pictures (MPF) only the first goes on
        raise PictureUnreadableError(f"{kind} with several frames: what moves is not read")
    return image


def _srgb(image: Image.Image) -> Image.Image:
    """Return the pixels as opaque sRGB: what a screen shows on white paper is what is read and what leaves."""
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        flat = Image.new("RGB", layer.size, _PAPER)
        flat.paste(layer, mask=layer.getchannel("A"))
    elif image.mode in {"I;16", "I;16B", "I;16L", "I"}:
        flat = image.convert("I").point(lambda grey: grey / 256).convert("L").convert("RGB")
    else:
        flat = image if image.mode == "RGB" else image.convert("RGB")
    if profile and image.mode in {"RGB", "RGBA"}:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            flat = ImageCms.profileToProfile(flat, own, ImageCms.createProfile("sRGB"), outputMode="RGB") or flat
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that cannot be used costs a shade, never the picture
    flat = flat.copy()
    flat.info.clear()
    return flat


def _octets(value: Any) -> bytes:
    """Return a field of the decoder as bytes, whatever it came as."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, bytes | bytearray) else b""


def _exif(comment: bytes) -> bytes:
    """Return an EXIF block that holds a user comment and nothing else; empty without one."""
    if not comment:
        return b""
    exif = Image.Exif()
    exif.get_ifd(_EXIF_PART)[_USER_COMMENT] = comment
    return exif.tobytes()

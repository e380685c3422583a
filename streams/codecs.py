"""The codec of a worker or a console: ids from a registry when one is set, else the committed ones."""

from __future__ import annotations

from schemas.codec import Codec
from schemas.registry import RegistryIds
from streams.settings import Settings


def build_codec(settings: Settings) -> Codec:
    """Return the codec.

    Raises:
        ConfigurationError: The registry does not answer, or lacks a schema and may not be given it.
    """
    url = settings.schema_.registry_url
    chars = settings.scan.chunk_chars_max
    if url is None:
        return Codec.committed(text_chars_max=chars)
    return RegistryIds(url, register=settings.schema_.register_missing).codec(text_chars_max=chars)

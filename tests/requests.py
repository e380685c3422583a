"""Opening records for tests."""

from __future__ import annotations

from schemas.records import Model, RequestOpened


def request(stream_id: str, destination: str = "SG", request_text: str = "", **others: object) -> RequestOpened:
    """Return an opening record with sensible defaults."""
    fields = {
        "customer_id": "c-1",
        "end_user_location": destination,
        "origin_data_centre": "shantou-1",
        "route": "shantou-singapore",
        "model": Model("qwen-max", "CN", "1"),
        "mechanisms": ("art4_attest", "art9_unlabelled"),
        "domestic_sources": (),
        "packs": (),
    } | others
    return RequestOpened(stream_id=stream_id, destination=destination, request_text=request_text, **fields)  # type: ignore[arg-type]

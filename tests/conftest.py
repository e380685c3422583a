"""Fixtures that many tests share: the detectors, models and rules are loaded once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from streams.pipeline import Equipment


@pytest.fixture(scope="session")
def equipment() -> Equipment:
    """Return scanner, classifier and packs, as a worker loads them."""
    from streams.pipeline import load_equipment
    from streams.settings import Settings

    return load_equipment(Settings())

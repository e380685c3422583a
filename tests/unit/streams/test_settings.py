"""A wrong or unknown setting stops the start with one clear line."""

from __future__ import annotations

import pytest

from schemas.errors import ConfigurationError
from streams.settings import Settings, known_names


def test_a_setting_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVERS", "broker:1")
    monkeypatch.setenv("CARNET_SCAN_HOLD_BACK_CHARS_MAX", "256")
    settings = Settings.load()
    assert settings.kafka.bootstrap_servers == "broker:1"
    assert settings.scan.hold_back_chars_max == 256


@pytest.mark.parametrize(
    ("name", "value"),
    [("CARNET_SCAN_STEP_CHARS", "many"), ("CARNET_TOPICS_PARTITIONS", "0"), ("CARNET_LOG_LEVEL", "loud"), ("CARNET_HEALTH_PORT", "70000")],
)
def test_a_wrong_value_names_the_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        Settings.load()


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_KAFKA_BOOTSTRAP_SERVER", "broker:1")
    with pytest.raises(ConfigurationError, match="CARNET_KAFKA_BOOTSTRAP_SERVER is no setting"):
        Settings.load()


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARNET_KEYS_KEK_BASE64", "c2VjcmV0")
    assert "c2VjcmV0" not in repr(Settings.load())


def test_countries_and_modules_are_lists_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.load().detect.countries == ("auto",)
    monkeypatch.setenv("CARNET_DETECT_COUNTRIES", "cn, sg")
    monkeypatch.setenv("CARNET_DETECT_MODULES", "ours.detect:Staff")
    detect = Settings.load().detect
    assert (detect.countries, detect.modules) == (("cn", "sg"), ("ours.detect:Staff",))


def test_every_group_has_documented_names() -> None:
    assert {"CARNET_KAFKA_BOOTSTRAP_SERVERS", "CARNET_SCHEMA_REGISTRY_URL", "CARNET_MODELS_REQUIRE_GPU"} <= known_names()

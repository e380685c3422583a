"""The embedded broker's settings, its pom and its Java, without starting it."""

from __future__ import annotations

from pathlib import Path

import pytest

from console import java
from console.broker import Broker, answers_api_versions, find_pom, free_ports, new_cluster_id, render_properties, server_properties
from schemas.errors import ConfigurationError


def test_the_node_listens_on_loopback_only() -> None:
    settings = server_properties(Path("/d"), 9092, 9093)
    hosts = {place.split("://")[1].rsplit(":", 1)[0] for place in settings["listeners"].split(",")}
    assert hosts == {"127.0.0.1"}
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9092"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:9093"


def test_one_node_is_enough_for_every_internal_topic() -> None:
    settings = server_properties(Path("/d"), 1, 2)
    single = [name for name in settings if name.endswith(("replication.factor", "min.isr", "min.insync.replicas"))]
    assert len(single) == 7
    assert {settings[name] for name in single} == {"1"}
    assert settings["auto.create.topics.enable"] == "false"


def test_properties_are_one_line_each_with_backslashes_escaped() -> None:
    assert render_properties({"a.b": "1", "log.dirs": "C:\\k"}) == "a.b=1\nlog.dirs=C:\\\\k\n"


def test_a_cluster_id_is_never_taken_for_an_option() -> None:
    ids = {new_cluster_id() for _ in range(300)}
    assert len(ids) == 300
    assert not any(each.startswith("-") or len(each) != 22 for each in ids)


def test_free_ports_are_distinct_and_a_given_port_is_kept() -> None:
    assert len(set(free_ports(20))) == 20
    assert Broker(Path("x"), 19092).bootstrap_servers == "127.0.0.1:19092"


def test_nobody_answers_on_a_free_port() -> None:
    assert not answers_api_versions(free_ports(1)[0])


def test_the_checkout_lists_the_jars_that_the_broker_needs() -> None:
    text = find_pom().read_text(encoding="utf-8")
    assert "kafka_2.13" in text
    assert "log4j-core" in text


@pytest.mark.parametrize(
    ("banner", "major"),
    [('openjdk version "17.0.9" 2023', 17), ('java version "1.8.0_402"', 8), ('openjdk version "25" 2025', 25), ("sh: 1", None)],
)
def test_the_version_of_java_is_read_from_its_banner(banner: str, major: int | None) -> None:
    assert java.major_version(banner) == major


def test_a_java_that_is_too_old_is_refused_with_the_packages_that_cure_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n", encoding="utf-8")
    old.chmod(0o755)
    monkeypatch.setattr(java, "candidates", lambda: iter([tmp_path / "missing", old]))
    with pytest.raises(ConfigurationError, match=r"java is version 11 \(apt-get install openjdk-17-jre-headless maven, or pip install"):
        java.find_java()


def test_java_home_goes_before_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert next(java.candidates()) == tmp_path / "bin" / "java"

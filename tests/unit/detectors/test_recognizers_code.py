"""What code and configuration give away: hosts inside, heads of licences, assigned secrets; and names in programs that are none of it."""

from __future__ import annotations

import pytest

from detectors.analyzer import analyze, build_engine
from detectors.recognizers.common.code import (
    AssignedPasswordRecognizer,
    AssignedSecretRecognizer,
    InternalHostRecognizer,
    LicenceHeaderRecognizer,
)
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.scanner import Scanner
from jurisdictions.lists import entity
from tests.pieces import in_pieces

THRESHOLD = 0.4


def sure(kind: type[IdentifierRecognizer], text: str) -> set[str]:
    recognizer = kind()
    hits = recognizer.analyze(text, recognizer.supported_entities, None)
    return {text[hit.start : hit.end] for hit in hits if hit.score >= THRESHOLD}


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("connect to db01.internal now", "db01.internal"),
        ("psql -h pg-main.prod.internal", "pg-main.prod.internal"),
        ("http://wiki.corp/start", "wiki.corp"),
        ("ssh root@jump.lan", "jump.lan"),
        ("服务器在git.team.intra上", "git.team.intra"),
        ("nas.home.arpa:8443", "nas.home.arpa:8443"),
        ("cache.local:6379", "cache.local:6379"),
        ("http://orders.shop.svc.cluster.local:8080/health", "orders.shop.svc.cluster.local:8080"),
        ("orders.shop.svc", "orders.shop.svc"),
        ("http://10.2.3.4:9200/_search", "10.2.3.4:9200"),
        ("主机192.168.1.20:3306。", "192.168.1.20:3306"),
        ("172.31.0.9:22", "172.31.0.9:22"),
        ("copy \\\\FS01\\share$\\2024\\报表.xlsx", "\\\\FS01\\share$\\2024\\报表.xlsx"),
        ("\\\\files\\team\\plan", "\\\\files\\team\\plan"),
    ],
)
def test_a_name_that_only_the_own_network_resolves_is_found(text: str, host: str) -> None:
    assert host in sure(InternalHostRecognizer, text)


@pytest.mark.parametrize(
    "text",
    [
        "threading.local()",
        "self.cache.local = 1",
        "com.example.internal",
        "com.example.internal.Tool",
        "from torch.distributed.internal.x import y",
        "window.local",
        "config.local",
        "obj.internal",
        "example.com:8080",
        "172.32.0.9:22",
        "11.2.3.4:9200",
        "110.2.3.4:9200",
        "C:\\Users\\ann",
        "\\\\hline\\hline",
        "\\\\d\\w",
        "internal",
        "the local host",
    ],
)
def test_names_in_programs_and_public_addresses_are_no_internal_hosts(text: str) -> None:
    assert sure(InternalHostRecognizer, text) == set()


def test_a_plain_word_before_its_zone_waits_for_a_word_that_says_host() -> None:
    engine = build_engine(["common"])
    said = {one.entity_type for one in analyze(engine, "the server db.internal is down") if one.score >= THRESHOLD}
    unsaid = {one.entity_type for one in analyze(engine, "the value db.internal is set") if one.score >= THRESHOLD}
    assert "INTERNAL_HOST_NAME" in said
    assert "INTERNAL_HOST_NAME" not in unsaid


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("// SPDX-License-Identifier: Apache-2.0", "SPDX-License-Identifier:"),
        ("# SPDX-License-Identifier:MIT", "SPDX-License-Identifier:MIT"),
        ("# Copyright (c) 2024 Acme Corp. All rights reserved.", "Copyright (c) 2024 Acme Corp"),
        ("/* Copyright 2019-2024 Ruritania */", "Copyright 2019-2024 Ruritania"),
        ("© 2024, Müller", "© 2024, Müller"),
        ("版权所有 © 2024 北京某某科技有限公司。", "版权所有 © 2024 北京某某科技有限公司"),
        ("Copyright (C) 2001 Jane Q. Doe", "Copyright (C) 2001 Jane Q"),
    ],
)
def test_the_head_of_a_licence_is_found(text: str, head: str) -> None:
    assert head in sure(LicenceHeaderRecognizer, text)


@pytest.mark.parametrize(
    "text",
    ["Copyright law of 1976", "copyright 1998 applies", "License: Apache-2.0", "the copyright (c) of 2024", "© Acme", "(c) 2024 of course"],
)
def test_words_about_copyright_are_no_head_of_a_licence(text: str) -> None:
    assert sure(LicenceHeaderRecognizer, text) == set()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('password = "letmein!"', "letmein!"),
        ("DB_PASSWORD := 'correct-horse'", "correct-horse"),
        ('{"password": "letmein!", "user": "ann"}', "letmein!"),
        ("'passwd' => 'sesame99'", "sesame99"),
        ('密码 = "opensesame"', "opensesame"),
    ],
)
def test_of_an_assigned_password_the_value_alone_is_found(text: str, value: str) -> None:
    assert sure(AssignedPasswordRecognizer, text) == {value}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('client_secret = "9f8e7d6c5b4a"', "9f8e7d6c5b4a"),
        ('"secret_key": "k3y-0f-the-shop"', "k3y-0f-the-shop"),
        ("API_KEY = 'zx81zx81zx81'", "zx81zx81zx81"),
        ('access_token: "t0k3n-t0k3n"', "t0k3n-t0k3n"),
    ],
)
def test_of_an_assigned_secret_the_value_alone_is_found(text: str, value: str) -> None:
    assert sure(AssignedSecretRecognizer, text) == {value}


@pytest.mark.parametrize(
    "text",
    [
        'password = "********"',
        'password = "${DB_PASSWORD}"',
        'password = "<your password>"',
        'password = "your_password"',
        "password = os.environ['DB_PASSWORD']",
        'password: "string"',
        'api_key = "changeme"',
        'api_key = "YOUR_API_KEY_1"',
        "api_key = os.environ['KEY']",
        'secret = "short1"',
        "password == other",
        'The password is "letmein!"',
    ],
)
def test_place_holders_and_reads_of_the_environment_are_no_assigned_secrets(text: str) -> None:
    assert sure(AssignedPasswordRecognizer, text) | sure(AssignedSecretRecognizer, text) == set()


def test_secrets_open_systems_and_hosts_and_heads_are_things() -> None:
    assert entity("SECRET").category == "credential"
    assert {entity(kind).category for kind in ("INTERNAL_HOST_NAME", "LICENCE_HEADER")} == {"reference"}


CODE = """# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2019-2024 Acme Corp. Written by Jane Doe, jane@example.com.
DB_HOST = "pg-main.prod.internal:5432"
PASSWORD = "correct-horse-9"
client_secret := '9f8e7d6c5b4a'
url = "http://orders.shop.svc.cluster.local:8080" # was 10.2.3.4:9200, \\\\FS01\\share$\\plans
local = threading.local()
"""


def test_code_is_read_the_same_in_pieces() -> None:
    engine = build_engine(["common"])
    whole = list(analyze(engine, CODE))
    kinds = {one.entity_type for one in whole if one.score >= THRESHOLD}
    assert {"INTERNAL_HOST_NAME", "LICENCE_HEADER", "PASSWORD", "SECRET", "EMAIL_ADDRESS"} <= kinds
    for size in (1, 5, 40):
        assert in_pieces(Scanner(engine, step_chars=1, hold_back_chars_max=1 << 16), CODE, size) == whole

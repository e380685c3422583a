"""The three shapes of an answer file, and how a wrong line is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.answers import Defaults, parse_line, read_answers
from schemas.errors import ConfigurationError

DEFAULTS = Defaults(destination="SG", customer_id="c-1", run="run")


def parse(fields: object) -> object:
    return parse_line(json.dumps(fields), 7, "answers.jsonl", DEFAULTS)


def test_a_question_and_answer_line_is_sent_with_the_defaults() -> None:
    answer = parse({"instruction": "Why?", "output": "Because.", "model": "m-1"})
    assert answer.output == "Because."
    assert answer.opened.request_text == "Why?"
    assert (answer.opened.destination, answer.opened.customer_id, answer.opened.stream_id) == ("SG", "c-1", "run-000007")
    assert answer.opened.model.name == "m-1"


def test_the_last_assistant_message_is_the_answer_and_the_user_text_before_it_the_request() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "I am Ann."},
        {"role": "assistant", "content": "Hello."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "My mail is "}, {"type": "image"}, {"type": "text", "text": "ann@example.com"}],
        },
        {"role": "assistant", "content": "Noted, Ann."},
        {"role": "user", "content": "Thanks."},
    ]
    answer = parse({"messages": messages})
    assert answer.output == "Noted, Ann."
    assert answer.opened.request_text == "I am Ann.\nMy mail is ann@example.com"


def test_a_logged_request_and_response_are_one_answer() -> None:
    answer = parse(
        {
            "request": {"model": "m-2", "messages": [{"role": "user", "content": "Hi"}]},
            "response": {"choices": [{"message": {"role": "assistant", "content": "Hello"}}]},
        }
    )
    assert (answer.opened.request_text, answer.output, answer.opened.model.name) == ("Hi", "Hello", "m-2")


def test_a_chat_log_may_name_its_stream_and_destination() -> None:
    answer = parse({"messages": [{"role": "assistant", "content": "x"}], "stream_id": "s-9", "destination": "DE"})
    assert (answer.opened.stream_id, answer.opened.destination) == ("s-9", "DE")


def test_every_native_field_reaches_the_opening_record() -> None:
    answer = parse(
        {
            "stream_id": "s-1",
            "customer_id": "c-9",
            "destination": "FR",
            "end_user_location": "BE",
            "origin_data_centre": "dc-2",
            "route": "r-2",
            "model": {"name": "m", "origin": "CN", "version": "3"},
            "mechanisms": ["CN-SCC-1"],
            "request_text": "q",
            "domestic_sources": [{"kind": "tool", "text": "t"}, {"kind": "retrieval", "digest": "sha256:00"}],
            "packs": ["cn"],
            "output": "o",
        }
    )
    opened = answer.opened
    assert (opened.stream_id, opened.customer_id, opened.destination, opened.end_user_location) == ("s-1", "c-9", "FR", "BE")
    assert (opened.origin_data_centre, opened.route, opened.mechanisms, opened.packs) == ("dc-2", "r-2", ("CN-SCC-1",), ("cn",))
    assert [(source.kind, source.text, source.digest) for source in opened.domestic_sources] == [
        ("tool", "t", None),
        ("retrieval", None, "sha256:00"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ('{"instruction": "SECRET"}', "neither output nor messages"),
        ('{"output": 7}', "field output"),
        ('{"output": "SECRET\\ud83d"}', "surrogate"),
        ('{"messages": [{"role": "user", "content": "SECRET"}]}', "no assistant message"),
        ('{"messages": ["SECRET", {"role": "assistant", "content": "x"}]}', "no object"),
        ('{"request": {"messages": []}, "response": {"choices": []}}', "choices"),
        ('{"messages": 5}', "wrong types"),
    ],
)
def test_a_wrong_line_is_refused_by_place_and_reason_without_its_text(line: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        parse_line(line, 3, "answers.jsonl", DEFAULTS)
    assert "answers.jsonl line 3" in str(refusal.value)
    assert reason in str(refusal.value)
    assert "SECRET" not in str(refusal.value)


def test_a_stream_id_may_not_come_twice(tmp_path: Path) -> None:
    path = tmp_path / "twice.jsonl"
    path.write_text('{"stream_id": "s", "output": "a"}\n\n{"stream_id": "s", "output": "b"}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 3: stream_id s was used"):
        list(read_answers(path, DEFAULTS))


def test_the_limit_counts_answers_and_not_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "three.jsonl"
    path.write_text('\n{"output": "a"}\n\n{"output": "b"}\n{"output": "c"}\n', encoding="utf-8")
    assert [answer.output for answer in read_answers(path, DEFAULTS, limit=2)] == ["a", "b"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.jsonl cannot be read: No such file"):
        list(read_answers(tmp_path / "nowhere.jsonl", DEFAULTS))

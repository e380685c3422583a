"""`carnet classify`: one line a text, put together from its windows, and no text in the output."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console import cli
from console.classify import BATCH_TEXTS, classify_documents, open_reader
from console.documents import Document
from console.exits import EXIT_USAGE
from detectors.finding import Finding
from detectors.reading import Reading, TextReader
from models.text_labels import DOMAINS
from schemas.records import ModelUse

LETTER = "Our adviser Maria Keller moved from Hamburg to Lyon last spring and has worked in the harbour since then. "
CODE = "def keller(parcel):\n    return parcel.weight * 2\n"


@dataclass(slots=True)
class Told:
    """Stands in for the text model: every `Keller` is a name, and a text is about what it says in so many words."""

    asked: list[list[str]] = field(default_factory=list)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.asked.append(list(texts))
        return [self._of(text) for text in texts]

    @staticmethod
    def _of(text: str) -> Reading:
        language = ModelUse("language", "", "", "zxx" if "def" in text or not text else "en", 1.0)
        kind = "code" if "def" in text else "prose"
        domains = tuple(round(text.count(label) / 4, 3) for label in DOMAINS)
        on = tuple(label for label, score in zip(DOMAINS, domains, strict=True) if score >= 0.5)
        at = text.find("Keller")
        names = (Finding(at, at + 6, "PERSON", 0.9, "TextModel"),) if at >= 0 else ()
        return Reading(language, kind, 0.8 if text else 0.0, DOMAINS, domains, on, names, ModelUse("text", "", "", kind, 0.8))


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return open_reader()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    monkeypatch.setattr("console.classify.open_reader", lambda _directory: told)
    return told


@pytest.fixture
def lines(tmp_path: Path) -> Callable[..., str]:
    """Write documents as JSON lines; the path comes back."""

    def write(*documents: dict[str, object], name: str = "texts.jsonl") -> str:
        path = tmp_path / name
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in documents), encoding="utf-8")
        return str(path)

    return write


def classify(*words: str, code: int = 0, given: str | None = None) -> str:
    answer = CliRunner().invoke(cli.app, ["classify", *words], input=given)
    assert answer.exit_code == code, answer.output
    return answer.stdout


def test_a_line_has_the_promised_fields(told: Told, lines: Callable[..., str]) -> None:
    written = classify("--json", lines({"id": "a", "text": "Keller: health health, religion"}))
    assert json.loads(written) == {
        "id": "a",
        "language": "en",
        "kind": "prose",
        "domains": {**dict.fromkeys(DOMAINS, 0.0), "health": 0.5, "religion": 0.25},
        "domains_on": ["health"],
        "names": [{"type": "PERSON", "start": 0, "end": 6, "score": 0.9}],
    }


def test_windows_are_put_together(told: Told, lines: Callable[..., str]) -> None:
    text = LETTER * 4 + CODE + "union union " + LETTER + "union union union " + LETTER
    written = classify("--json", lines({"text": text}))
    found = json.loads(written)
    assert len(told.asked[0]) > 5
    assert "".join(told.asked[0]) == text
    assert (found["id"], found["language"], found["kind"]) == ("1", "en", "prose")
    assert (found["domains"]["union"], found["domains_on"]) == (0.75, ["union"])
    assert [text[name["start"] : name["end"]] for name in found["names"]] == ["Keller"] * 6
    assert len({name["start"] for name in found["names"]}) == 6


def test_what_is_no_language_counts_only_where_there_is_nothing_else(told: Told, lines: Callable[..., str]) -> None:
    written = classify("--json", lines({"text": CODE * 20 + "\n\n" + LETTER}, {"text": CODE * 20}, {"text": ""}))
    found = [json.loads(line) for line in written.splitlines()]
    assert [(one["language"], one["kind"]) for one in found] == [("en", "code"), ("zxx", "code"), ("zxx", "prose")]
    assert found[2]["domains"] == dict.fromkeys(DOMAINS, 0.0)


def test_files_are_read_in_their_order_and_many_texts_in_few_batches(told: Told, lines: Callable[..., str]) -> None:
    many = lines(*({"id": f"a{number}", "text": "Keller"} for number in range(BATCH_TEXTS)))
    more = lines({"id": "b", "text": "Keller"}, name="more.jsonl")
    written = classify("--json", many, more)
    assert [json.loads(line)["id"] for line in written.splitlines()] == [*(f"a{number}" for number in range(BATCH_TEXTS)), "b"]
    assert [len(texts) for texts in told.asked] == [BATCH_TEXTS, 1]


def test_plain_text_and_standard_input_are_read(told: Told, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Keller {", encoding="utf-8")
    assert json.loads(classify("--json", str(letter)))["id"] == "letter.txt"
    assert json.loads(classify("--json", given='{"id": "x", "text": "Keller"}\n'))["id"] == "x"
    assert json.loads(classify("--json", "--plain", "-", given='{"id": "x"}'))["id"] == "standard input"


def test_the_table_has_a_row_a_text_and_the_counts_of_all(told: Told, lines: Callable[..., str]) -> None:
    written = classify(lines({"id": "letter", "text": LETTER + "health " * 3}, {"id": "[b]x", "text": CODE}))
    rows = written.splitlines()
    assert rows[1].split() == ["letter", str(len(LETTER) + 21), "en", "prose", "health", "0.75", "PERSON", "1"]
    assert rows[2].split() == ["[b]x", str(len(CODE)), "zxx", "code", "–", "–"]
    assert "1 of 2 texts about something sensitive, 1 names" in rows
    assert "Maria" not in written


def test_a_line_that_is_no_text_is_a_usage_error_before_anything_is_read(told: Told, lines: Callable[..., str]) -> None:
    assert classify("--json", lines({"text": "Keller"}, {"body": "Keller"}), code=EXIT_USAGE) == ""
    assert told.asked == []


def test_the_model_itself_says_the_same_of_a_text_whatever_stands_beside_it(reader: TextReader) -> None:
    documents = [
        Document("letter", LETTER * 5),
        Document("code", CODE * 8),
        Document("zh", "王建国昨天去了上海的医院，医生说他健康。" * 9),
    ]
    together = list(classify_documents(documents, reader))
    apart = [one for document in documents for one in classify_documents([document], reader)]
    assert together == apart
    assert [one.language for one in together[:1]] + [one.language for one in together[2:]] == ["en", "zh"]
    assert all(0 <= name.start < name.end <= one.characters for one in together for name in one.names)

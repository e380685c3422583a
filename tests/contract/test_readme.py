"""Every command that the documents name is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/architecture.md",
    "docs/operations.md",
    "docs/threat-model.md",
    "docs/wire-format.md",
    "docs/ledger-format.md",
)
MAKE = re.compile(r"(?<![\w-])make ([a-z]+)\b")
# A command and its words up to the first option, value or sign: `carnet topics create --partitions 8` names `topics create`.
CARNET = re.compile(r"(?<![\w./-])carnet((?: [a-z][a-z-]*(?![\w./:=]))+)")


def code_of(document: Path) -> str:
    """Return the code blocks and code spans of a Markdown file, a line each."""
    text = document.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*blocks, *spans])


def named(pattern: re.Pattern[str]) -> list[str]:
    return sorted({hit.strip() for document in DOCUMENTS for hit in pattern.findall(code_of(ROOT / document))})


def carnet(*words: str) -> subprocess.CompletedProcess[str]:
    command = Path(sys.executable).with_name("carnet")
    return subprocess.run([str(command), *words, "--help"], capture_output=True, text=True, check=False, timeout=120)


def test_the_readme_names_its_two_commands() -> None:
    readme = code_of(ROOT / "README.md")
    assert "make demo" in readme
    assert "make test" in readme


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert sorted(set(named(MAKE)) - targets) == []


@pytest.mark.parametrize("words", named(CARNET))
def test_every_carnet_command_that_a_document_names_exists(words: str) -> None:
    answer = carnet(*words.split())
    assert answer.returncode == 0, answer.stderr
    assert "Usage" in answer.stdout


def test_a_command_that_is_not_there_is_noticed() -> None:
    assert carnet("no-such-command").returncode != 0


def test_every_file_that_a_document_links_to_exists() -> None:
    broken: list[str] = []
    for document in [*DOCUMENTS, *(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "adr").glob("*.md"))]:
        text = (ROOT / document).read_text(encoding="utf-8")
        targets = [target for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in target]
        broken += [f"{document}: {target}" for target in targets if not ((ROOT / document).parent / target).exists()]
    assert broken == []


def test_every_setting_has_a_line_in_the_operations_manual() -> None:
    from streams.settings import known_names

    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert sorted(name for name in known_names() if f"`{name}`" not in manual) == []


def test_the_operations_manual_names_no_setting_that_is_not_there() -> None:
    from streams.settings import known_names

    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"`(CARNET_[A-Z0-9_]+)`", manual)) - known_names()) == []


def test_every_topic_has_a_line_in_the_operations_manual() -> None:
    from streams.topics import PLAN

    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [plan.name for plan in PLAN if f"`{plan.name}`" not in manual] == []

"""The house style, as far as a machine can tell: sizes, names, paths, hosts, and what must go with what."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

FILE_LINES_MAX = 400
TEST_LINES_MAX = 520  # tables of vectors are long and easy to read
FUNCTION_LINES_MAX = 60
FOLDER_DEPTH_MAX = 3
COMMITTED_BYTES_MAX = 1_500_000
PACKAGES = ("audit", "console", "detectors", "jurisdictions", "models", "schemas", "streams")

# Words that say nothing. They are allowed inside terms of the domain and in names that other libraries dictate.
BANNED = {"event", "events", "result", "results", "data", "manager", "managers", "helper", "helpers", "util", "utils"}
TERMS = re.compile(r"data_?cent(?:re|er)s?|data_?keys?|data_?dir(?:ectory)?|data_?cards?|metadata")
DICTATED = {"validate_result", "invalidate_result", "raw_results"}
DICTATED_IN_TESTS = {"data"}  # hypothesis calls its interactive draws so

# Written in pieces, so that this file does not contain what it forbids.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wo" + r"rk|fa" + r"rm|ro" + r"ot|ho" + r"me|Us" + r"ers)/[\w.-]+|/tm" + r"p/[a-z0-9_.-]+/[a-z]")
HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("repo", "maven", "apache", "org"),
        ("repo1", "maven", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("crates", "io"),
        ("deb", "debian", "org"),
        ("proxy", "golang", "org"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("docker", "io"),
    )
)
INDEX_OPTION = re.compile(r"(?<![\w-])--(?:extra-)?(?:index" + r"-url|find" + r"-links)")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|TO-" + r"BE-[A-Z]+)\b|NotImplemented" + r"Error")


def trees(root: Path, sources: tuple[Path, ...]) -> Iterator[tuple[Path, ast.Module]]:
    for path in sources:
        yield path, ast.parse((root / path).read_text(encoding="utf-8"))


def texts(root: Path, committed: tuple[Path, ...]) -> Iterator[tuple[Path, str]]:
    for path in committed:
        try:
            yield path, (root / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or another binary file


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function without its docstring."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def own_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the names that a module itself gives: of classes, functions, arguments, variables and import aliases."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("test_"):  # a test's name is a sentence
                yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def words(name: str) -> set[str]:
    """Split a name in snake or camel case into lower-case words, less the terms of the domain."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return set(TERMS.sub("", snake).split("_"))


def test_files_stay_readable_in_one_sitting(root: Path, sources: tuple[Path, ...]) -> None:
    lengths = {str(path): len((root / path).read_text(encoding="utf-8").splitlines()) for path in sources}
    assert {
        path: lines for path, lines in lengths.items() if lines > (TEST_LINES_MAX if path.startswith("tests/") else FILE_LINES_MAX)
    } == {}


def test_functions_fit_on_a_screen(root: Path, sources: tuple[Path, ...]) -> None:
    long = {
        f"{path}:{node.lineno} {node.name}": code_lines(node)
        for path, tree in trees(root, sources)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and code_lines(node) > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_folders_are_at_most_three_deep(committed: tuple[Path, ...]) -> None:
    assert [str(path) for path in committed if len(path.parent.parts) > FOLDER_DEPTH_MAX] == []


def test_names_say_something(root: Path, sources: tuple[Path, ...]) -> None:
    empty = [
        f"{path}:{line} {name}"
        for path, tree in trees(root, sources)
        for line, name in own_names(tree)
        if name not in DICTATED and not (path.parts[0] == "tests" and name in DICTATED_IN_TESTS) and words(name) & BANNED
    ]
    modules = [str(path) for path in sources if words(path.stem) & BANNED]
    assert empty + modules == []


def test_the_name_check_knows_a_bad_name() -> None:
    assert words("EventManager") & BANNED == {"event", "manager"}
    assert words("load_data") & BANNED == {"data"}
    assert not words("origin_data_centre") & BANNED
    assert not words("group_metadata") & BANNED


def test_every_package_hands_out_its_types(root: Path) -> None:
    assert [package for package in PACKAGES if not (root / package / "py.typed").is_file()] == []


def test_no_file_names_a_path_of_one_machine(root: Path, committed: tuple[Path, ...]) -> None:
    found = [f"{path}: {hit.group()}" for path, text in texts(root, committed) for hit in MACHINE_PATH.finditer(text)]
    assert found == []


def test_no_file_names_a_package_registry(root: Path, committed: tuple[Path, ...]) -> None:
    found = [f"{path}: {host}" for path, text in texts(root, committed) for host in HOSTS if host in text]
    found += [f"{path}: {hit.group()}" for path, text in texts(root, committed) for hit in INDEX_OPTION.finditer(text)]
    assert found == []


def test_nothing_is_left_for_later(root: Path, committed: tuple[Path, ...]) -> None:
    found = [f"{path}: {hit.group()}" for path, text in texts(root, committed) for hit in UNFINISHED.finditer(text)]
    assert found == []


def test_no_large_file_is_committed(root: Path, committed: tuple[Path, ...]) -> None:
    sizes = {str(path): (root / path).stat().st_size for path in committed}
    assert {path: size for path, size in sizes.items() if size > COMMITTED_BYTES_MAX} == {}


def test_decisions_are_numbered_without_gaps_and_say_what_was_rejected(root: Path) -> None:
    paths = sorted((root / "docs" / "adr").glob("*.md"))
    assert [path.name[:5] for path in paths] == [f"{number:04d}-" for number in range(1, len(paths) + 1)]
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}. "), path.name
        for heading in ("## Context", "## Decision", "## Rejected"):
            assert heading in text, f"{path.name} lacks {heading}"


def test_every_dependency_has_its_reason(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    demanded = [*project["dependencies"], *(item for extra in project["optional-dependencies"].values() for item in extra)]
    names = {re.split(r"[^A-Za-z0-9-]", requirement, maxsplit=1)[0] for requirement in demanded}
    reasons = (root / "docs" / "adr" / "0002-dependencies.md").read_text(encoding="utf-8")
    assert sorted(name for name in names if f"`{name}`" not in reasons) == []


def test_the_changelog_knows_this_version(root: Path) -> None:
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

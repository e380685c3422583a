"""What the contract tests look at: the committed tree, and the wheel that is built from it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def committed() -> tuple[Path, ...]:
    """Return every file that is or would be committed, relative to the root."""
    git = shutil.which("git")
    assert git is not None, "the style tests read the list of committed files from git"
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (Path(name) for name in listed.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


@pytest.fixture(scope="session")
def sources(committed: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the committed Python files."""
    return tuple(path for path in committed if path.suffix == ".py")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built once by the pinned back-end."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = out.glob("carnet-*.whl")
    return path


@pytest.fixture(scope="session")
def run_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Return a runner of Python code that sees the unpacked wheel and the dependencies, and not this tree.

    ``-S`` keeps the editable install's path file out, ``-P`` the working directory.
    """
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    search_path = f"{site}:{sysconfig.get_paths()['purelib']}:{sysconfig.get_paths()['platlib']}"

    def run(code: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-S", "-P", "-c", code],
            cwd=site.parent,
            env={"PYTHONPATH": search_path, "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    return run

"""Run a command that ends with its parent, whatever ends the parent.

``python leash.py SIGNAL PARENT_PID COMMAND…`` asks the Linux kernel for ``SIGNAL`` at the parent's death (prctl(2),
``PR_SET_PDEATHSIG``) and becomes the command. It is a program and not a ``preexec_fn`` because code between fork and exec may
deadlock in a process with threads. Where the kernel has no such call the command runs without a leash.

The kernel counts the *thread* that started the command as the parent: start leashed commands from a thread that lives on.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def leashed(command: list[str], *, death_signal: signal.Signals) -> list[str]:
    """Return the command line that runs ``command`` on a leash held by the calling process."""
    if not sys.platform.startswith("linux"):
        return command
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), str(int(death_signal)), str(os.getpid()), *command]


def main(arguments: list[str]) -> None:
    """Ask for the signal, then become the command; end at once if the parent is gone already."""
    death_signal, parent = int(arguments[0]), int(arguments[1])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was asked, and nobody would tell us
        raise SystemExit(1)
    os.execvp(arguments[2], arguments[2:])  # noqa: S606 - becoming the command is what this program is for


if __name__ == "__main__":
    main(sys.argv[1:])

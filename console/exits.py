"""How a command of ``carnet`` ends: what it returned or raised becomes an exit code, and an error one line on standard error."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer
from kafka.errors import KafkaError

from schemas.errors import CarnetError, ConfigurationError, LedgerError

EXIT_FAILURE, EXIT_USAGE, EXIT_ALTERED, EXIT_INTERRUPTED = 1, 2, 3, 130
P = ParamSpec("P")


def guarded(command: Callable[P, int | None]) -> Callable[P, None]:
    """Turn what a command returns or raises into an exit code, and an error into one line on standard error."""

    @functools.wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        code = EXIT_FAILURE
        try:
            code = command(*arguments, **options) or 0
        except ConfigurationError as failure:
            code = fail(str(failure), EXIT_USAGE)
        except LedgerError as failure:
            code = fail(str(failure), EXIT_ALTERED)
        except CarnetError as failure:
            code = fail(failure.detail or str(failure), EXIT_FAILURE)
        except KafkaError as failure:
            code = fail(f"Kafka: {type(failure).__name__} (carnet status)", EXIT_FAILURE)
        except KeyboardInterrupt:
            code = EXIT_INTERRUPTED
        except BrokenPipeError:  # the reader of our output went away, as `| head` does: nothing is wrong
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - it stays open until the interpreter flushed it
            code = 0
        except OSError as failure:
            code = fail(f"{failure.filename or 'the system'}: {failure.strerror or type(failure).__name__}", EXIT_FAILURE)
        raise typer.Exit(code)

    return run


def fail(line: str, code: int) -> int:
    """Print one line on standard error and return the code."""
    sys.stderr.write(f"carnet: {' '.join(line.split())}\n")
    return code

"""``python -m audit verify DIR --key VKEY``: verifies an exported ledger with a public key alone.

Exit codes: ``audit.problems.ExitCode``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from audit import store
from audit.checkpoint import Verifier
from audit.problems import ExitCode, PartitionReport, exit_code
from audit.verify import verify_partition
from schemas.errors import ConfigurationError, LedgerError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        verifier = Verifier(_key(options.key))
        reports = [
            verify_partition(
                partition,
                store.read_entries(options.directory, partition),
                store.read_checkpoints(options.directory, partition),
                verifier,
                witness=_witness(options.witness, partition),
                remembered=_remembered(options.remembered, partition),
            )
            for partition in store.partitions(options.directory)
        ]
    except (OSError, ValueError, KeyError, LedgerError, ConfigurationError) as error:
        sys.stderr.write(f"audit: {error}\n")
        return ExitCode.USAGE
    if not reports:
        sys.stderr.write(f"audit: {options.directory}: no partition-N.entries in it\n")
        return ExitCode.USAGE
    code = exit_code(reports)
    if options.json:
        sys.stdout.write(json.dumps({"exit_code": int(code), "partitions": [dataclasses.asdict(each) for each in reports]}) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _table(reports))
    return code


def _parser() -> argparse.ArgumentParser:
    codes = ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in ExitCode)
    parser = argparse.ArgumentParser(
        prog="python -m audit", description="Verify an exported evidence ledger.", epilog=f"Exit codes: {codes}."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="verify every partition in a directory", epilog=f"Exit codes: {codes}.")
    verify.add_argument("directory", type=Path, metavar="DIR", help="holds partition-N.entries and partition-N.checkpoints")
    verify.add_argument("--key", required=True, metavar="VKEY", help="the ledger's verifier key (name+hash+base64), or a file with it")
    verify.add_argument(
        "--witness", type=Path, metavar="FILE", help="JSON lines of deliveries' evidence: partition, entry_index, entry_sha256 (hex)"
    )
    verify.add_argument("--remembered", type=Path, metavar="DIR", help="checkpoints kept from before, as partition-N.checkpoints")
    verify.add_argument("--json", action="store_true", help="write the reports as JSON")
    return parser


def _key(text: str) -> str:
    path = Path(text)
    return text if "+" in text and not path.exists() else path.read_text(encoding="utf-8")


def _witness(path: Path | None, partition: int) -> dict[int, bytes]:
    if path is None:
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {row["entry_index"]: bytes.fromhex(row["entry_sha256"]) for row in rows if row["partition"] == partition}


def _remembered(directory: Path | None, partition: int) -> Iterator[str]:
    return store.read_checkpoints(directory, partition) if directory is not None else iter(())


def _table(reports: Sequence[PartitionReport]) -> Iterator[str]:
    yield f"{'partition':<12}{'entries':>12}{'checkpoints':>14}  {'tiles offsets':<24}verdict"
    for report in reports:
        tiles = f"{report.offset_from:,} … {report.offset_to:,}"
        words = ("intact" if report.intact else "NOT INTACT", "complete" if report.complete else "NOT COMPLETE")
        yield f"{report.partition:<12}{report.entries:>12,}{report.checkpoints:>14,}  {tiles:<24}{' · '.join(words)}"
        for problem in report.problems:
            delivery = f" (delivery {problem.delivery_id})" if problem.delivery_id else ""
            yield f"  {problem.kind} at {problem.entry_index:,}: {problem.detail}{delivery}"
        if report.unproven:
            yield f"  unproven: {', '.join(f'entries {low:,} to {high - 1:,}' for low, high in report.unproven)}"


if __name__ == "__main__":
    sys.exit(main())

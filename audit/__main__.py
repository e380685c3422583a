"""``python -m audit verify DIR|FILE --key VKEY``: verifies an exported ledger, or a proof of one delivery, with a public key alone.

A proof is checked without any other package of ours, so that whoever has this folder and ``cryptography`` can check it: what reads a
whole ledger is imported only where a ledger is read. Exit codes: ``audit.problems.ExitCode``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from audit.problems import ExitCode, PartitionReport, exit_code
from audit.proof import PROOF_BYTES_MAX, Fault, Proof, Proven, RefusedProofError, check

_PROOF_CODES = {
    Fault.MALFORMED: ExitCode.USAGE,
    Fault.WRONG_KEY: ExitCode.UNTRUSTED,
    Fault.BAD_SIGNATURE: ExitCode.UNTRUSTED,
    Fault.ALTERED: ExitCode.ALTERED,
    Fault.MISMATCH: ExitCode.ALTERED,
    Fault.WRONG_TEXT: ExitCode.ALTERED,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    options = _parser().parse_args(arguments)
    if not options.directory.is_dir():
        return _verify_proof(options)
    try:
        return _verify_ledger(options)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"audit: {error.name} is missing: a whole ledger needs all of Carnet, the proof of a delivery only this folder\n")
        return ExitCode.USAGE


def _verify_proof(options: argparse.Namespace) -> int:
    """Check one proof file; no other package of ours may be needed here."""
    try:
        with options.directory.open("rb") as file:
            content = file.read(PROOF_BYTES_MAX + 1)
        proven = check(Proof.parse(content), _key(options.key))
    except RefusedProofError as refusal:
        fields = {"exit_code": int(_PROOF_CODES[refusal.fault]), "verified": False, "fault": str(refusal.fault), "detail": refusal.detail}
        sys.stdout.write(json.dumps(fields) + "\n" if options.json else f"NOT VERIFIED · {refusal}\n")
        return _PROOF_CODES[refusal.fault]
    except (OSError, ValueError) as error:
        sys.stderr.write(f"audit: {error}\n")
        return ExitCode.USAGE
    if options.json:
        sys.stdout.write(json.dumps({"exit_code": 0, "verified": True, **proven.as_json()}) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _proof_lines(proven))
    return ExitCode.INTACT_AND_COMPLETE


def _proof_lines(proven: Proven) -> Iterator[str]:
    yield f"verified · entry {proven.entry_index:,} of {proven.origin}, one of {proven.tree_size:,} that are signed"
    shown = {"delivery_id": proven.delivery_id, **proven.says, "entry_sha256": proven.entry_sha256}
    for name, value in shown.items():
        yield f"  {name:<22}{_shown(value)}".rstrip()
    yield f"  {'text':<22}{'is the one that the entry commits to' if proven.text_opened else 'not in the proof'}"


def _shown(value: object) -> str:
    """Write a value on one line; ids come from outside and may hold what a terminal obeys."""
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return plain if plain.isprintable() else json.dumps(value)


def _verify_ledger(options: argparse.Namespace) -> int:
    from audit import store  # noqa: PLC0415 - needs schemas and fastavro, which whoever checks a proof may lack
    from audit.checkpoint import Verifier  # noqa: PLC0415 - the same
    from audit.usage import read_usage  # noqa: PLC0415 - the same
    from audit.verify import verify_partition  # noqa: PLC0415 - the same
    from schemas.errors import ConfigurationError, LedgerError  # noqa: PLC0415 - the same

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
                complete=options.complete or options.usage is not None,
                usage=read_usage(options.usage, partition) if options.usage is not None else None,
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
        sys.stdout.write(json.dumps({"exit_code": int(code), "partitions": [_fields(each) for each in reports]}) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _table(reports))
    return code


def _fields(report: PartitionReport) -> dict[str, object]:
    """Return a report for JSON; the account only where it was asked for."""
    fields = dataclasses.asdict(report)
    del fields["account"]
    return fields if report.account is None else {**fields, "account": report.account.as_json()}


def _parser() -> argparse.ArgumentParser:
    codes = ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in ExitCode)
    parser = argparse.ArgumentParser(
        prog="python -m audit",
        description="Verify an exported evidence ledger, or the proof of one delivery.",
        epilog=f"Exit codes: {codes}.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="verify every partition in a directory, or a proof file", epilog=f"Exit codes: {codes}.")
    verify.add_argument(
        "directory", type=Path, metavar="DIR|FILE", help="holds partition-N.entries and partition-N.checkpoints; or a file of carnet prove"
    )
    verify.add_argument("--key", required=True, metavar="VKEY", help="the ledger's verifier key (name+hash+base64), or a file with it")
    verify.add_argument(
        "--witness", type=Path, metavar="FILE", help="JSON lines of deliveries' evidence: partition, entry_index, entry_sha256 (hex)"
    )
    verify.add_argument("--remembered", type=Path, metavar="DIR", help="checkpoints kept from before, as partition-N.checkpoints")
    verify.add_argument("--complete", action="store_true", help="account for every offset, stream, character and held segment")
    verify.add_argument("--usage", type=Path, metavar="FILE", help="JSON lines of usage records to compare with; implies --complete")
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
    from audit import store  # noqa: PLC0415 - as in _verify_ledger

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
    accounts = [report.account for report in reports if report.account is not None]
    if accounts:
        from audit.account import named, rows, total  # noqa: PLC0415 - as in _verify_ledger

        whole = total(accounts)
        yield f"account of {len(accounts)} partitions: {'balances' if whole.balances else 'DOES NOT BALANCE'}"
        yield from (f"{'  ' * depth + words:<32}{count:>16,}" for depth, words, count in rows(whole))
        for report in reports:
            yield from (f"partition {report.partition}: {told}" for told in (named(report.account) if report.account else ()))


if __name__ == "__main__":
    sys.exit(main())

"""One run of `carnet scan`: options in, findings out as tables, JSON lines, or the redacted texts."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console, RenderableType

from console.documents import read_documents, request_text
from console.explain import Explainer, Explanation
from console.places import AUTO, Languages, parse_wanted
from console.scan import new_engine, new_scanner, scan_documents
from console.scan_view import Tally, redacted_text, reported_line, reported_table
from console.selection import Reported, Selector, parse_types
from detectors.redact import redact_text
from detectors.redaction.keys import KEY_BYTES, RedactionKeys, derive_keys
from detectors.redaction.policy import Policy, load_policy
from detectors.thresholds import bundled
from schemas.errors import ConfigurationError
from schemas.records import Redaction
from streams.settings import Settings

_FILE_WIDTH = 160  # of a table that goes into a file: nothing is cut off


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What the user asked for.

    Attributes:
        file: Path, or ``-``.
        plain: The file is one plain text.
        chunk: Stream each text in pieces of so many code points; None: whole.
        countries: ``auto``, ``all``, or codes between commas.
        language: ``auto``, or an ISO 639 code.
        destination: ISO 3166-1 code, or empty.
        request: A file with what the customer sent, or that text; None: provenance only where a line has its request.
        types: Entity types or shell patterns of them between commas; empty: all.
        threshold: Least score of all types, instead of the table.
        explain: Say why.
        redact: Print the texts without the values, instead of the findings.
        show: Print the values.
        as_json: JSON lines.
    """

    file: str
    plain: bool = False
    chunk: int | None = None
    countries: str = AUTO
    language: str = AUTO
    destination: str = ""
    request: str | None = None
    types: str = ""
    threshold: float | None = None
    explain: bool = False
    redact: bool = False
    show: bool = False
    as_json: bool = False


def check_options(options: ScanOptions, *, is_terminal: bool) -> None:
    """Refuse options that exclude each other, before anything is loaded.

    Raises:
        ConfigurationError: Which ones, and why.
    """
    if options.show and (options.as_json or not is_terminal):
        raise ConfigurationError("--show prints the found values themselves: it goes to a terminal only, not into JSON, a pipe or a file")
    if options.redact and options.show:
        raise ConfigurationError("--redact takes the values out and --show prints them: choose one")
    if options.redact and options.explain and not options.as_json:
        raise ConfigurationError("--redact prints the texts and --explain the reasons: choose one, or add --json to have both in a line")


def run_scan(options: ScanOptions, settings: Settings, screen: Console, write: Callable[[str], object]) -> None:
    """Scan and print.

    Args:
        options: What the user asked for.
        settings: Name the user's own recognisers and policy of redaction.
        screen: Where tables go.
        write: Where JSON lines and redacted texts go if they do not go to a terminal.

    Raises:
        ConfigurationError: An option, a file or a line is not usable.
        DetectionError: A detector failed.
    """
    check_options(options, is_terminal=screen.is_terminal)
    thresholds = bundled()
    wanted = parse_wanted(options.countries, options.language, options.destination, thresholds)
    request = None if options.request is None else request_text(options.request)
    documents = read_documents(options.file, plain=options.plain)
    with Console(stderr=True).status("loading the detectors"):
        engine = new_engine(settings.detect, settings.models.dir)
        explainer = Explainer(engine)
        pen = Pen(load_policy(settings.redact.policy, explainer.types()), wanted.destination)
        types = parse_types(options.types, explainer.types())
        scanner = new_scanner(engine)
    selector = Selector(
        wanted, types=types, threshold=options.threshold, request=request, thresholds=thresholds, languages=Languages(settings.models.dir)
    )
    wide = screen if screen.is_terminal else Console(width=_FILE_WIDTH)
    tally = Tally()
    for scanned in scan_documents(documents, scanner, options.chunk):
        reported = selector.select(scanned)
        tally.add(reported)
        why = _reasons(explainer, selector, reported) if options.explain else ()
        if options.as_json:
            taken = pen.redacted(reported) if options.redact else None
            write(reported_line(reported, why, taken) + "\n")
        elif options.redact:
            _print_redacted(reported, pen, screen, write)
        else:
            _print_table(wide, reported_table(reported, why, show=options.show))
    if not options.as_json and not options.redact:
        wide.print(tally.summary())


class Pen:
    """Writes texts without their values, as the policy says.

    The key is made for this run alone: hashes and pseudonyms of two runs cannot be joined, and nobody can reveal them.

    Args:
        policy: The policy of redaction.
        destination: Of texts that do not say theirs.
    """

    __slots__ = ("_destination", "_policy", "_root")

    def __init__(self, policy: Policy, destination: str) -> None:
        self._policy = policy
        self._destination = destination
        self._root = os.urandom(KEY_BYTES)

    def redacted(self, reported: Reported) -> tuple[str, Sequence[Redaction]]:
        """Return the text without its values, and what stands in their places."""
        document = reported.document
        keys: RedactionKeys = derive_keys(self._root, "scan", document.id)
        language = reported.languages[0] if reported.languages else ""
        destination = document.destination or self._destination
        return redact_text(document.text, reported.findings, self._policy, keys, destination, language=language)


def _reasons(explainer: Explainer, selector: Selector, reported: Reported) -> tuple[Explanation, ...]:
    """Explain every finding of a text."""
    text = reported.document.text
    return tuple(explainer.explain(text, found, *selector.threshold_of(found.entity_type, reported)) for found in reported.findings)


def _print_redacted(reported: Reported, pen: Pen, screen: Console, write: Callable[[str], object]) -> None:
    """Print one text without its values: as it is into a file or pipe, with a heading and in colour on a terminal."""
    text, redactions = pen.redacted(reported)
    if screen.is_terminal:
        screen.print(reported.document.id, style="bold", markup=False, highlight=False)
        screen.print(redacted_text(text, redactions), soft_wrap=True)
        screen.print()
    else:
        write(text if text.endswith("\n") else text + "\n")


def _print_table(screen: Console, table: RenderableType) -> None:
    """Print what was found in one text, and a blank line."""
    screen.print(table)
    screen.print()

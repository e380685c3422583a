"""`carnet decide`: facts in, and for each destination the verdict, with every rule that led to it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeGuard

import typer
from rich.console import Console

from console.derivation import Question, derive, rules_in
from console.exits import guarded
from jurisdictions.compile import compile_packs
from jurisdictions.facts import PROVENANCE, FactValue, check_value, vocabulary
from jurisdictions.labels import check_labels
from jurisdictions.lists import read_yaml
from jurisdictions.pack import packs_sha256
from schemas.errors import ConfigurationError

_FILE_WIDTH = 160  # of a table that goes into a file: nothing is cut off


@guarded
def decide(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Facts by name, as YAML or JSON.")] = None,
    *,
    fact: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="A fact; of a set, words and commas; `?`: unknown.")] = None,
    finding: Annotated[list[str] | None, typer.Option(metavar="TYPE:PROVENANCE", help="Found, as CN_RESIDENT_ID:unmatched.")] = None,
    nothing_found: Annotated[bool, typer.Option("--nothing-found", help="Nothing was found in the text.")] = False,
    destination: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Where to (ISO 3166-1); again for more verdicts.")] = None,
    users_at_destination: Annotated[bool, typer.Option("--users-at-destination", help="End users are where the customer is.")] = False,
    on: Annotated[str, typer.Option(metavar="TIME", help="Day or moment of the decision (ISO 8601); now by default.")] = "",
    packs: Annotated[Path | None, typer.Option(metavar="DIR", help="Rules and overlays of your own; signed or not.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show each rule: source, condition, and the facts that it read.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Say what may happen to a text: facts in, verdict out, with the rules, sources, duties and labels behind it.

    FILE holds facts by name, and may hold the lists findings and destinations; an option wins over it. A fact that nobody gives is unknown,
    and where it matters the text is held and the verdict names it. What the operator declares counts until a fact says otherwise.

    Engineering support, not legal advice.
    """
    from console.decide_view import LEGAL, as_fields, verdicts_view  # noqa: PLC0415 - loads what only commands that run need
    from streams.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    question = read_question(
        _text(file),
        facts=fact or (),
        findings=[] if nothing_found else finding,
        destinations=destination or (),
        users_at_destination=users_at_destination,
        moment=moment_of(on),
    )
    rules, overlays = rules_in(packs or settings.packs.dir)
    check_labels([*rules, *(overlay.pack for overlay in overlays)])
    compiled = compile_packs(rules, question.moment.astimezone(dt.UTC).date(), overlays)
    found = derive(question, compiled, producer=settings.labels.producer, propagator=settings.labels.propagator)
    if as_json:
        head = {"note": LEGAL, "at": question.moment.isoformat(), "packs": compiled.packs, "packs_sha256": packs_sha256(rules, overlays)}
        sys.stdout.write(json.dumps({**head, "verdicts": [as_fields(one) for one in found]}, ensure_ascii=False) + "\n")
        return
    screen = Console()
    (screen if screen.is_terminal else Console(width=_FILE_WIDTH)).print(verdicts_view(found, question.moment, in_detail=explain))


def read_question(
    text: str,
    *,
    facts: Iterable[str],
    findings: Sequence[str] | None,
    destinations: Sequence[str],
    users_at_destination: bool,
    moment: dt.datetime,
) -> Question:
    """Put file and options together; an option wins over the file.

    Args:
        text: YAML or JSON, or empty. Facts by name; ``null`` is unknown.
        facts: ``name=value``; ``?`` is unknown.
        findings: ``TYPE:provenance``; ``None``: not said.
        destinations: ISO 3166-1 codes.
        users_at_destination: The end user is where the customer is.
        moment: Of the decision.

    Raises:
        PackError: A fact is unknown or cannot have the value.
        ConfigurationError: File or option is not of its form, or no destination is named.
    """
    document = read_yaml(text) if text.strip() else {}
    if not isinstance(document, dict):
        raise ConfigurationError("the file is no mapping of facts to values")
    named: dict[str, Any] = {str(name): value for name, value in document.items()}
    listed, places = named.pop("findings", None), named.pop("destinations", None)
    known = {name: None if value is None else check_value(name, value) for name, value in named.items()}
    known.update(_given(one) for one in facts)
    if strange := sorted(set(known) - set(vocabulary())):
        raise ConfigurationError(f"unknown fact {strange[0]!r}")
    said = listed if findings is None else findings
    wanted = destinations or places or ([known["destination"]] if known.get("destination") else [])
    if not (said is None or _is_words(said)) or not _is_words(wanted):
        raise ConfigurationError("findings and destinations are lists of words")
    if not wanted:
        raise ConfigurationError("where to? Name a --destination (ISO 3166-1), or several")
    found = None if said is None else tuple(_finding(one) for one in said)
    return Question(known, found, tuple(wanted), users_at_destination, moment)


def moment_of(text: str) -> dt.datetime:
    """Read a day (its first moment, UTC) or a moment; an empty text is now.

    Raises:
        ConfigurationError: Not ISO 8601.
    """
    if not text:
        return dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is neither a day nor a moment (2026-11-24, 2026-11-24T09:30+08:00)") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: not UTF-8") from None


def _given(option: str) -> tuple[str, FactValue | None]:
    """Read ``name=value``.

    Raises:
        ConfigurationError: Not of that form.
        PackError: The fact is unknown or cannot have the value.
    """
    name, equals, value = option.partition("=")
    if not equals:
        raise ConfigurationError(f"{option!r} is not of the form name=value")
    if value == "?":
        return name, None
    kind = vocabulary()[name].kind if name in vocabulary() else "str"
    if kind == "set":
        return name, check_value(name, [word.strip() for word in value.strip("[]{} ").split(",") if word.strip()])
    return name, check_value(name, value if kind == "str" else read_yaml(value))


def _finding(text: str) -> tuple[str, str]:
    entity_type, _, provenance = text.partition(":")
    if not entity_type or provenance not in PROVENANCE:
        raise ConfigurationError(f"{text!r} is not of the form TYPE:PROVENANCE; provenances are {', '.join(sorted(PROVENANCE))}")
    return entity_type, provenance


def _is_words(value: object) -> TypeGuard[Sequence[str]]:
    return isinstance(value, list | tuple) and all(isinstance(word, str) for word in value)

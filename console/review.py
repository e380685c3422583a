"""`carnet review`: what is held and until when, its text for those who have the keys, and a human's signed answer."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from console import installation
from console.exits import EXIT_FAILURE, guarded
from console.review_keys import load_key, make_key
from schemas.codec import Codec
from schemas.errors import ConfigurationError
from schemas.records import Review
from streams.codecs import build_codec
from streams.names import AUDIT
from streams.settings import Settings

if TYPE_CHECKING:
    from console.readers import TopicReader
    from console.review_desk import CaseBook, OpenCase

review_app = typer.Typer(help="List what is held, look at it, approve or reject it.", no_args_is_help=True)
keys_app = typer.Typer(help="Make the key that a reviewer signs with.", no_args_is_help=True)
review_app.add_typer(keys_app, name="keys")
screen = Console()

Home = Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Stream = Annotated[str, typer.Argument(metavar="STREAM", help="The stream's id, as the list has it.")]
Reason = Annotated[str, typer.Option(help="A word of the list (docs/review.md); a wrong one prints the list.")]
Note = Annotated[str, typer.Option(help="Kept on this machine; only its digest goes into the ledger.")]
Reviewer = Annotated[str, typer.Option(help="Your name, as the file of reviewers has it.")]
KeyFile = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your key, from `carnet review keys new`.")]
Wait = Annotated[bool, typer.Option(help="Wait until the ledger says what became of the answer.")]
DEFAULT_HOME = Path(".carnet")


@dataclass(frozen=True, slots=True)
class _Desk:
    """How the topics are reached."""

    settings: Settings
    servers: str
    codec: Codec

    @classmethod
    def of(cls, home: Path) -> _Desk:
        settings = Settings.load()
        return cls(settings, installation.bootstrap_servers(home, settings), build_codec(settings))

    def reader(self, topics: Sequence[str], *, from_end: bool) -> TopicReader:
        from console.readers import TopicReader  # noqa: PLC0415

        return TopicReader(self.servers, topics, from_end=from_end, properties=self.settings.kafka.properties)

    def book(self) -> CaseBook:
        from console.review_desk import DESK_TOPICS, read_cases  # noqa: PLC0415 - librdkafka loads only where it is used

        with self.reader(DESK_TOPICS, from_end=False) as reader:
            return read_cases(reader, self.codec)


@review_app.command("list")
@guarded
def list_cases(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """List what waits for a human: why it is held, how much it is, and how much time is left."""
    from console.review_view import cases_table  # noqa: PLC0415

    cases, now_ms = _Desk.of(home).book().cases, _now_ms()
    if as_json:
        _print_json([case.as_json(now_ms) for case in cases])
    else:
        screen.print(cases_table(cases, now_ms))


@review_app.command()
@guarded
def show(stream: Stream, *, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show the held text of a stream in clear, with what was found in it and the rules that hold it.

    Needs the key-encryption key of the workers (CARNET_KEYS_DIR or CARNET_KEYS_KEK_BASE64).
    """
    from console.review_view import case_view  # noqa: PLC0415
    from jurisdictions.pack import load_packs  # noqa: PLC0415

    desk = _Desk.of(home)
    case, now_ms = desk.book().case(stream), _now_ms()
    texts = _opened(case, _kek(installation.keys_directory(home, desk.settings), desk.settings))
    rules = {rule.id: rule for pack in load_packs(desk.settings.packs.dir) for rule in pack.rules}
    if as_json:
        _print_json({**case.as_json(now_ms), "parts": [_part(case, place, text) for place, text in enumerate(texts)]})
    else:
        screen.print(case_view(case, texts, rules, now_ms))


@review_app.command()
@guarded
def approve(
    stream: Stream,
    *,
    reason: Reason,
    reviewer: Reviewer,
    key: KeyFile,
    redact: Annotated[list[str] | None, typer.Option(metavar="TYPE", help="Redact this type too; may be given again.")] = None,
    note: Note = "",
    wait: Wait = True,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> int:
    """Let the held text of a stream go, in order, with what the rules redact and what you redact besides.

    Where a rule wants two people, the first approval releases nothing. Exit 1 if it was refused or nobody answered in time.
    """
    from console.review_desk import approvals  # noqa: PLC0415
    from streams.reviews import APPROVE  # noqa: PLC0415

    _check_reason(APPROVE, reason)
    desk, private = _Desk.of(home), load_key(key)
    case = desk.book().case(stream)
    digest = _keep_note(home, note)
    reviews = approvals(case, desk.codec, reason=reason, redact=redact or (), note_sha256=digest, reviewer=reviewer)
    return _answer(desk, case, [_signed(review, private, desk.settings) for review in reviews], wait=wait, as_json=as_json)


@review_app.command()
@guarded
def reject(
    stream: Stream,
    *,
    reason: Reason,
    reviewer: Reviewer,
    key: KeyFile,
    note: Note = "",
    wait: Wait = True,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> int:
    """Withhold the held text of a stream for good, and all that still comes of it.

    Exit 1 if it was refused or nobody answered in time.
    """
    from console.review_desk import rejection  # noqa: PLC0415
    from streams.reviews import REJECT  # noqa: PLC0415

    _check_reason(REJECT, reason)
    desk, private = _Desk.of(home), load_key(key)
    case = desk.book().case(stream)
    review = rejection(case, reason=reason, note_sha256=_keep_note(home, note), reviewer=reviewer)
    return _answer(desk, case, [_signed(review, private, desk.settings)], wait=wait, as_json=as_json)


@keys_app.command("new")
@guarded
def new_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The reviewer's name: no blank, no plus.")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the key goes; it must not exist.")],
    as_json: AsJson = False,
) -> None:
    """Make a key, and print the line that the operator puts into the file of reviewers (CARNET_REVIEW_REVIEWERS)."""
    line = make_key(name, out)
    if as_json:
        _print_json({"line": line, "key": str(out)})
    else:
        sys.stdout.write(line + "\n")


def _answer(desk: _Desk, case: OpenCase, reviews: list[Review], *, wait: bool, as_json: bool) -> int:
    """Send reviews and say what became of them."""
    from console.review_desk import Answer, Sender, answers_to  # noqa: PLC0415
    from console.review_view import answers_view  # noqa: PLC0415

    reader = desk.reader((AUDIT,), from_end=True) if wait else None
    places = Sender(desk.servers, desk.settings.kafka.properties, desk.codec).send((case.partition, review) for review in reviews)
    if reader is None:
        answers = [Answer(*place) for place in places]
    else:
        with reader:
            answers = answers_to(places, reader, desk.codec)
    if as_json:
        _print_json([answer.as_json() for answer in answers])
    else:
        screen.print(answers_view(answers))
    return EXIT_FAILURE if wait and not all(answer.verdict for answer in answers) else 0


def _signed(review: Review, private: Any, settings: Settings) -> Review:
    """Sign a review; where this machine has the file of reviewers, a wrong name or key is said before anything is sent."""
    from schemas.errors import ReviewError  # noqa: PLC0415
    from streams.reviews import load_reviewers, sign  # noqa: PLC0415

    signed = sign(review, private)
    if settings.review.reviewers is not None:
        try:
            load_reviewers(settings.review.reviewers).verify(signed)
        except ReviewError as failure:
            raise ConfigurationError(f"{settings.review.reviewers} has no {review.reviewer} with this key ({failure.code})") from None
    return signed


def _check_reason(verdict: str, reason: str) -> None:
    from streams.reviews import REASONS  # noqa: PLC0415 - loads the detectors

    words = REASONS[verdict]
    if reason not in words:
        listed = "; ".join(f"{word}: {meaning}" for word, meaning in words.items())
        raise ConfigurationError(f"--reason {reason} is no word of the list to {verdict}: {listed}")


def _keep_note(home: Path, note: str) -> bytes:
    """Write a note down and return its digest; a first line of chance keeps a short note from being guessed from it."""
    if not note:
        return b""
    content = f"{secrets.token_hex(16)}\n{note}\n".encode()
    digest = hashlib.sha256(content)
    directory = home / "review-notes"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / f"{digest.hexdigest()}.txt"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return digest.digest()


def _kek(directory: Path, settings: Settings) -> bytes:
    """Return the workers' key-encryption key; unlike a worker, never make one.

    Raises:
        ConfigurationError: It is not here.
    """
    if settings.keys.kek_base64 is not None:
        try:
            return base64.b64decode(settings.keys.kek_base64.get_secret_value(), validate=True)
        except ValueError:
            raise ConfigurationError("CARNET_KEYS_KEK_BASE64 is not base64") from None
    path = directory / "kek.bin"
    if not path.is_file():
        raise ConfigurationError(
            f"{path} is missing: held text opens only with the workers' keys (CARNET_KEYS_DIR, CARNET_KEYS_KEK_BASE64)"
        )
    return path.read_bytes()


def _opened(case: OpenCase, kek: bytes) -> list[str]:
    """Return the text of each held segment."""
    from streams.sealing import Sealer  # noqa: PLC0415

    sealer = Sealer(kek, bytes(32), os.urandom)  # the value key takes no part in opening
    texts = []
    for held in case.segments:
        sealed = held.sealed_text
        opened = sealer.open(sealer.unwrap(sealed), sealed, f"held:{held.delivery_id}".encode())
        texts.append(opened.decode("utf-8", "surrogatepass"))
    return texts


def _part(case: OpenCase, place: int, text: str) -> dict[str, Any]:
    """Return one segment with its text, for a program; offsets count from the start of the stream."""
    held = case.segments[place]
    findings = [
        {
            "type": note.entity_type,
            "start": note.start,
            "end": note.end,
            "provenance": note.provenance,
            "must_redact": at in held.must_redact,
        }
        for at, note in enumerate(held.findings)
    ]
    return {"delivery_id": held.delivery_id, "start": held.start, "language": held.language, "text": text, "findings": findings}


def _now_ms() -> int:
    return int(time.time() * 1000)


def _print_json(fields: Any) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
    sys.stdout.flush()

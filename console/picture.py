"""`carnet picture`: what is personal in one picture is painted over, and the label of generated content written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import ConfigurationError

if TYPE_CHECKING:
    from detectors.finding import Finding
    from detectors.pictures.labels import AigcLabel
    from detectors.pictures.redaction import PictureOutcome
    from streams.settings import Settings

_LABELS = {"generated": "1", "possibly": "2", "suspected": "3"}


@dataclass(frozen=True, slots=True)
class PictureOptions:
    """What the user asked for.

    Attributes:
        source: The picture.
        target: Where the picture without the values goes.
        label: Who generated it and who passes it on; None: a label that is there is kept, none is written.
        countries: ``auto``, ``all``, or codes between commas.
        types: Entity types or shell patterns of them between commas; empty: all.
        threshold: Least score of all types, instead of the table.
    """

    source: Path
    target: Path
    label: AigcLabel | None = None
    countries: str = "auto"
    types: str = ""
    threshold: float | None = None


def picture(
    source: Annotated[Path, typer.Argument(metavar="IN", help="PNG, JPEG or WebP.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where the picture goes, in the same format.")],
    *,
    label: Annotated[
        str, typer.Option(help="generated, possibly or suspected: how sure it is that the content was generated.")
    ] = "generated",
    label_producer: Annotated[str, typer.Option(help="Name or code of who generated it: writes a label if there is none.")] = "",
    label_id: Annotated[str, typer.Option(help="The producer's number of the content.")] = "",
    label_propagator: Annotated[str, typer.Option(help="Name or code of who passes it on: added to a label that is there.")] = "",
    label_propagate_id: Annotated[str, typer.Option(help="The propagator's number of the content.")] = "",
    countries: Annotated[str, typer.Option(help="Countries in play: cn,sg,…, all, or auto: by language and context.")] = "auto",
    types: Annotated[str, typer.Option(help="Paint over only these: EMAIL_ADDRESS,CN_*,…")] = "",
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="Least score of all types, instead of the table.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a sentence.")] = False,
) -> None:
    """Paint over what is personal in a picture and write the label of generated content.

    The text is read, what is found in it is painted over, and the picture is read again: OUT is written only if nothing can be found in
    it any more. All that is kept is the pixels, the AIGC label (GB 45438-2025) and IPTC's digital source type.

    Exit 1 if the picture is refused.
    """
    from detectors.pictures.labels import AigcLabel  # noqa: PLC0415 - the detectors take seconds to load
    from streams.settings import Settings  # noqa: PLC0415

    if label not in _LABELS:
        raise ConfigurationError(f"--label is one of {', '.join(_LABELS)}")
    if label_id and not label_producer:
        raise ConfigurationError("--label-id numbers the content of a producer: add --label-producer")
    if source.resolve() == target.resolve():
        raise ConfigurationError("OUT is IN: the picture is not written over itself")
    named = label_producer or label_propagator
    ours = AigcLabel(_LABELS[label], label_producer, label_id, "", label_propagator, label_propagate_id) if named else None
    outcome = run_picture(PictureOptions(source, target, ours, countries, types, threshold), Settings.load())
    sys.stdout.write(json.dumps(_fields(outcome)) + "\n" if as_json else _sentence(outcome, target))


def run_picture(options: PictureOptions, settings: Settings) -> PictureOutcome:
    """Write the picture without the values, and return what was done.

    Args:
        options: What the user asked for.
        settings: Name the user's own recognisers and the models.

    Raises:
        ConfigurationError: An option is not usable, or rapidocr is not installed.
        DetectionError: The picture is refused, or a detector failed.
    """
    from detectors.pictures.decode import check_size  # noqa: PLC0415
    from detectors.pictures.limits import DEFAULT_LIMITS  # noqa: PLC0415
    from detectors.pictures.reader import open_reader  # noqa: PLC0415 - OpenCV loads only where it is used
    from detectors.pictures.redaction import redact_picture  # noqa: PLC0415

    octets = options.source.read_bytes()
    check_size(octets, DEFAULT_LIMITS)  # before the detectors, which take seconds to load
    outcome = redact_picture(
        octets, engine_analyze=_finder(options, settings), reader=open_reader(require_gpu=settings.models.require_gpu), label=options.label
    )
    partial = options.target.with_name(f"{options.target.name}.partial")
    partial.write_bytes(outcome.picture)
    partial.replace(options.target)
    return outcome


def _finder(options: PictureOptions, settings: Settings) -> Callable[[str], Sequence[Finding]]:
    """Return what finds in a text what `carnet scan` would report of it."""
    from console.documents import Document, Scanned  # noqa: PLC0415
    from console.explain import Explainer  # noqa: PLC0415
    from console.places import Languages, parse_wanted  # noqa: PLC0415
    from console.scan import new_engine  # noqa: PLC0415
    from console.selection import Selector, parse_types  # noqa: PLC0415
    from detectors.analyzer import analyze  # noqa: PLC0415
    from detectors.thresholds import bundled  # noqa: PLC0415

    thresholds = bundled()
    wanted = parse_wanted(options.countries, "auto", "", thresholds)
    engine = new_engine(settings.detect, settings.models.dir)
    types = parse_types(options.types, Explainer(engine).types())
    languages = Languages(settings.models.dir)
    selector = Selector(wanted, types=types, threshold=options.threshold, thresholds=thresholds, languages=languages)

    def find(text: str) -> Sequence[Finding]:
        return selector.select(Scanned(Document(options.source.name, text), analyze(engine, text))).findings

    return find


def _fields(outcome: PictureOutcome) -> dict[str, Any]:
    """Return what was done as JSON fields; no text is in them."""
    return {
        "media_type": outcome.media_type,
        "width": outcome.width,
        "height": outcome.height,
        "lines": outcome.lines,
        "unread": outcome.unread,
        "label": outcome.label_written,
        "findings": [
            {
                "type": found.entity_type,
                "score": round(found.score, 4),
                "recognizer": found.recognizer,
                "boxes": [[[round(x), round(y)] for x, y in box] for box in found.boxes],
            }
            for found in outcome.findings
        ],
    }


def _sentence(outcome: PictureOutcome, target: Path) -> str:
    """Return what was done in one line, and a second one if something could not be read."""
    kinds = ", ".join(sorted({found.entity_type for found in outcome.findings})) or "nothing"
    label = "with a label" if outcome.label_written else "without a label"
    line = f"{target}: {outcome.lines} lines read, painted over: {kinds}; {label}\n"
    return line + f"{outcome.unread} lines could not be read: look at them before the picture leaves\n" if outcome.unread else line

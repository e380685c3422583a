"""The ``carnet`` command: options in, one of the console's functions called, a table or JSON out."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from audit.checkpoint import Verifier
from console import evidence as ledger
from console import installation, screens
from console.account import Account
from console.answers import Answer, Defaults, read_answers
from console.classify import classify
from console.decide import decide
from console.exits import EXIT_FAILURE, fail, guarded
from console.export import export
from console.incidents import incidents_app
from console.interrupts import unwinding
from console.jurisdictions import jurisdictions
from console.mechanisms import mechanisms_app
from console.models import models_app
from console.packs import packs_app
from console.picture import picture
from console.prove import prove
from console.query import query
from console.replay import replay
from console.review import review_app
from console.samples.compose import answers_path
from console.totals import totals
from schemas.errors import ConfigurationError
from streams import topics
from streams.codecs import build_codec
from streams.names import AUDIT, DELIVERIES, HELD
from streams.settings import Settings

HELP = """Inspect generated text before it crosses a border.

Exit codes: 0 ok; 1 failure; 2 usage or configuration; of `verify` also 3 evidence altered, 4 evidence missing or cut off,
5 forked, 6 not signed by the key, 7 intact but incomplete; 130 interrupted.

Settings come from CARNET_* variables; after `carnet up` the other commands find the broker by themselves.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None)
topics_app = typer.Typer(help="Create or check the topics.", no_args_is_help=True)
app.add_typer(topics_app, name="topics")
app.add_typer(models_app, name="models")
app.add_typer(review_app, name="review")
app.add_typer(packs_app, name="packs")
app.add_typer(mechanisms_app, name="mechanisms")
app.add_typer(incidents_app, name="incidents")
app.command()(decide)
app.command()(jurisdictions)
app.command()(totals)
app.command()(prove)
app.command()(export)
app.command()(query)
app.command()(replay)
screen = Console()

Home = Annotated[Path, typer.Option(help="Where broker, logs and keys are kept.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
DEFAULT_HOME = Path(".carnet")


def _print_json(fields: Any) -> None:
    sys.stdout.write(json.dumps(fields, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@app.command()
@guarded
def up(
    home: Home = DEFAULT_HOME,
    *,
    workers: Annotated[int, typer.Option(min=1, help="How many workers; at most as many as there are partitions.")] = 1,
    port: Annotated[int | None, typer.Option(help="Port of the embedded broker; a free one by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start Kafka (unless CARNET_KAFKA_BOOTSTRAP_SERVERS names one), topics and workers; return when all are ready."""
    settings = Settings.load()
    if workers > settings.topics.partitions:
        raise ConfigurationError(f"{workers} workers for {settings.topics.partitions} partitions: a worker without one never becomes ready")
    say = (lambda _line: None) if as_json else (lambda line: screen.print(line, style="dim"))
    with unwinding():
        running = installation.up(home, settings, workers=workers, port=port, say=say)
    if as_json:
        _print_json(asdict(running))
    else:
        screen.print(f"ready: Kafka at {running.bootstrap_servers}, {len(running.health_ports)} worker(s), logs in {home / 'logs'}")


@app.command()
@guarded
def down(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Stop what `up` started; what the topics hold stays."""
    ended = installation.down(home)
    if as_json:
        _print_json({"stopped": ended})
    else:
        screen.print(f"stopped: {', '.join(ended)}" if ended else f"nothing runs in {home}")


@app.command()
@guarded
def status(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> int:
    """Show what runs and whether it is ready; exit 1 if it is not."""
    state = installation.status(home, Settings.load())
    if as_json:
        _print_json(state)
    else:
        screen.print(screens.status_table(state))
    return 0 if state["ready"] else EXIT_FAILURE


@topics_app.command("create")
@guarded
def topics_create(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Create the topics that are missing and check all."""
    settings = Settings.load()
    servers = installation.bootstrap_servers(home, settings)
    created = topics.create(servers, settings.topics.partitions, settings.topics.replication_factor)
    if as_json:
        _print_json({"created": list(created), "partitions": settings.topics.partitions})
    else:
        screen.print(f"created: {', '.join(created)}" if created else "all topics were there")


@topics_app.command("check")
@guarded
def topics_check(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Check that every topic is there in its shape."""
    partitions = topics.check(installation.bootstrap_servers(home, Settings.load()))
    if as_json:
        _print_json({"partitions": partitions, "problems": []})
    else:
        screen.print(f"all topics are as planned, {partitions} partitions each")


def _prepared(file: Path | None, defaults: Defaults, limit: int | None, suffix: str) -> list[Answer]:
    """Read the answers, all of them before the first is sent: a bad line must not leave half a file in the log."""
    answers = list(read_answers(file or answers_path(), defaults, limit))
    return [answer.renamed(answer.opened.stream_id + suffix) for answer in answers] if suffix else answers


@app.command()
@guarded
def feed(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="JSON lines; without it the shipped samples.")] = None,
    *,
    rate: Annotated[float | None, typer.Option(min=0.1, help="Tokens a second over all streams; as fast as possible by default.")] = None,
    destination: Annotated[str, typer.Option(help="Country of the lines that name none (ISO 3166-1 alpha-2).")] = "SG",
    customer: Annotated[str, typer.Option(help="Customer of the lines that name none.")] = "c-feed",
    concurrency: Annotated[int, typer.Option(min=1, help="How many streams are open at a time.")] = 40,
    limit: Annotated[int | None, typer.Option(min=1, help="Send only the first so many lines.")] = None,
    suffix: Annotated[str, typer.Option(help="Appended to each stream id, to send a file again; `new` makes one up.")] = "",
    wait: Annotated[bool, typer.Option(help="Wait until every stream is delivered or withheld.")] = True,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> int:
    """Send answers through the pipeline as a model server would.

    A line of FILE is {"output": …} with any of stream_id, destination, customer_id, request_text, domestic_sources, mechanisms;
    or {"instruction": …, "output": …}; or a chat log {"messages": […]} or {"request": {"messages": […]}, "response": {"choices": […]}}.

    Exit 1 if with --wait a stream stayed unaccounted for 60 s after the last one that was.
    """
    from console import feed as feeding  # noqa: PLC0415 - librdkafka loads only where it is used
    from console.readers import TopicReader  # noqa: PLC0415

    settings = Settings.load()
    servers = installation.bootstrap_servers(home, settings)
    tag = uuid.uuid4().hex[:8]
    answers = _prepared(file, Defaults(destination, customer, f"feed-{tag}"), limit, f"-{tag}" if suffix == "new" else suffix)
    feeder = feeding.Feeder(servers, settings.kafka.properties, tokens_per_s=rate, codec=build_codec(settings))
    reader = TopicReader(servers, (DELIVERIES, HELD, AUDIT), from_end=True, properties=settings.kafka.properties) if wait else None
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[detail]}"), TimeElapsedColumn())
    account = Account()
    with Progress(*columns, console=screen, disable=as_json, transient=True) as bars:
        bar = bars.add_task("streams", total=len(answers), detail="")

        def show(now: feeding.Progress) -> None:
            detail = f"{now.chunks:,} chunks  {now.delivered:,} delivered  {now.withheld:,} withheld"
            bars.update(bar, completed=now.delivered + now.withheld if wait else now.streams, detail=detail)

        done = feeding.feed(answers, feeder, reader, concurrency=concurrency, account=account, on_progress=show)
    if reader is not None:
        reader.close()
    if as_json:
        _print_json({**done.as_json(), "labels": dict(account.labels.counts.most_common())})
    else:
        screen.print(
            f"{done.streams:,} streams, {done.chunks:,} chunks in {done.seconds:.1f} s: "
            f"{done.delivered:,} delivered, {done.withheld:,} withheld"
        )
        for reason, count in account.withheld_by_reason.most_common():
            screen.print(f"  {count:,} withheld: {reason}")
        if labels := account.labels.counts.most_common():
            screen.print("  windows read as: " + ", ".join(f"{label} {count:,}" for label, count in labels))
    if wait and done.unaccounted:
        return fail(f"{done.unaccounted:,} streams are unaccounted for after {feeding.SILENCE_S:.0f} s (carnet status)", EXIT_FAILURE)
    return 0


@app.command()
@guarded
def scan(
    file: Annotated[str, typer.Argument(metavar="FILE", help="JSON lines with text (or output), or a plain text; - for standard input.")],
    *,
    chunk: Annotated[int | None, typer.Option(min=1, help="Stream each text in pieces of so many code points.")] = None,
    countries: Annotated[str, typer.Option(help="Countries in play: cn,sg,…, all, or auto: by language, context, destination.")] = "auto",
    language: Annotated[str, typer.Option(help="Language of the texts (ISO 639), or auto.")] = "auto",
    destination: Annotated[str, typer.Option(help="Country that texts go to whose line does not say so (ISO 3166-1).")] = "",
    request: Annotated[str | None, typer.Option(metavar="FILE|TEXT", help="What the customer sent: says where values came from.")] = None,
    types: Annotated[str, typer.Option(help="Only these: EMAIL_ADDRESS,CN_*,…")] = "",
    threshold: Annotated[float | None, typer.Option(min=0, max=1, help="Least score of all types, instead of the table.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say why: pattern, norm, check digit, context, threshold.")] = False,
    redact: Annotated[bool, typer.Option("--redact", help="Print the texts without the values.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the values too, on a terminal only.")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="Take FILE as one plain text, whatever it is called.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find personal data in texts, without Kafka; whole or streamed, the findings are the same.

    A line of FILE is {"text": …} or {"output": …} with any of id, request_text (or instruction), domestic_sources, destination.
    Offsets count Unicode code points. Values are never printed unless --show asks for them.
    """
    from console.scan_run import ScanOptions, run_scan  # noqa: PLC0415 - the detectors take seconds to load

    options = ScanOptions(file, plain, chunk, countries, language, destination, request, types, threshold, explain, redact, show, as_json)
    run_scan(options, Settings.load(), screen, sys.stdout.write)


app.command()(guarded(classify))
app.command()(guarded(picture))


@app.command()
@guarded
def recognizers(
    *,
    countries: Annotated[str | None, typer.Option(help="cn,sg,…, all or auto; CARNET_DETECT_COUNTRIES by default.")] = None,
    file: Annotated[Path | None, typer.Option(help="Recognisers of your own; CARNET_DETECT_RECOGNIZERS by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """List every type that is looked for: norm, width, boundary class, hold-back, and what stands in for what.

    Exit 2 if a recogniser of your own is refused, with the reason.
    """
    from console.recognizers import listed, listing  # noqa: PLC0415 - the detectors take seconds to load

    detect = Settings.load().detect
    rows = listed(countries.split(",") if countries else detect.countries, file or detect.recognizers, detect.modules)
    if as_json:
        _print_json([row.as_json() for row in rows])
    else:
        screen.print(listing(rows))


@app.command()
@guarded
def quality(
    *,
    directory: Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder with pii/ and corpora/.")] = None,
    classifiers: Annotated[bool, typer.Option("--classifiers", help="Domains, kinds, names and languages, by the models.")] = False,
    rivals: Annotated[bool, typer.Option("--rivals", help="Beside Presidio, argus-redact and datafog; needs a checkout.")] = False,
    answers: Annotated[int, typer.Option(min=1, help="Texts of each file of real answers.")] = 150,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, as in docs/quality.md.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure what is found and what is false on texts whose values are known, by type.

    A value is found if findings of any type cover four fifths of it; a finding that touches no value is false. With --classifiers: what
    the models say of texts written by hand, and of Universal NER where --data has it; --markdown then writes into docs/quality.md.
    """
    if classifiers:
        from console.classifiers_run import run_classifiers  # noqa: PLC0415 - the models take seconds to load

        models = Settings.load().models.dir
        run_classifiers(directory, models=models, rivals=rivals, markdown=markdown, as_json=as_json, write=sys.stdout.write)
        return
    from console.quality_run import run_quality  # noqa: PLC0415 - the detectors take seconds to load

    run_quality(directory, rivals=rivals, answers=answers, markdown=markdown, as_json=as_json, screen=screen, write=sys.stdout.write)


@app.command()
@guarded
def watch(
    *,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="Stop after so long; until Ctrl-C by default.")] = None,
    history: Annotated[bool, typer.Option(help="Count what the topics hold already, too.")] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show live what passes: streams, tokens, findings by type, redactions, what is held, latency."""
    from console.readers import TopicReader  # noqa: PLC0415
    from console.watch import WATCHED, follow  # noqa: PLC0415

    settings = Settings.load()
    servers = installation.bootstrap_servers(home, settings)
    codec = build_codec(settings)
    end = time.monotonic() + seconds if seconds is not None else float("inf")
    with TopicReader(servers, WATCHED, from_end=not history, properties=settings.kafka.properties) as reader:
        if as_json:
            _print_json(asdict(follow(reader, lambda _counts: None, lambda: time.monotonic() < end, codec)))
            return
        with Live(console=screen, auto_refresh=False) as live:
            follow(
                reader,
                lambda counts: live.update(screens.counts_table(counts, f"carnet · {servers}"), refresh=True),
                lambda: time.monotonic() < end,
                codec,
            )


@app.command()
@guarded
def verify(
    directory: Annotated[Path | None, typer.Argument(metavar="DIR", help="An exported ledger; without it the topics are read.")] = None,
    *,
    key: Annotated[Path | None, typer.Option(help="The ledger's public key (checkpoint.vkey).")] = None,
    export_to: Annotated[Path | None, typer.Option("--export", help="Also write what the topics hold to this directory.")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="Also account for every offset, character and held segment.")] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> int:
    """Prove that the evidence is intact and complete, with nothing but the public key."""
    settings = Settings.load()
    codec = build_codec(settings)
    if directory is not None and export_to is not None:
        raise ConfigurationError(f"{directory} is an export already: --export goes with the topics, without a directory")
    if directory is not None:
        vkey = ledger.read_vkey([key or directory / ledger.KEY_NAME])
        found = ledger.load_export(directory)
    else:
        from console.readers import TopicReader  # noqa: PLC0415

        vkey = ledger.read_vkey([key] if key else _key_places(home, settings))
        servers, wanted = installation.bootstrap_servers(home, settings), ledger.COMPLETE_TOPICS if complete else ledger.LEDGER_TOPICS
        with TopicReader(servers, wanted, from_end=False, properties=settings.kafka.properties) as reader:
            found = ledger.collect(reader, codec)
    if export_to is not None:
        ledger.export(found, vkey, export_to)
    verdict = ledger.verify(found, Verifier(vkey), codec, complete=complete)
    if as_json:
        _print_json(verdict.as_json())
    else:
        screen.print(screens.verdict_table(verdict, int(time.time() * 1000)))
        if complete:
            screen.print(screens.account_table(verdict))
    return int(verdict.exit_code)


def _key_places(home: Path, settings: Settings) -> Iterable[Path]:
    return (installation.keys_directory(home, settings) / ledger.KEY_NAME, settings.keys.dir / ledger.KEY_NAME)


@app.command()
@guarded
def demo(*, as_json: AsJson = False, home: Home = DEFAULT_HOME) -> int:
    """Run everything once in the foreground: Kafka, a worker, the shipped samples, verification; leave only the evidence behind."""
    from console.demo import run_demo  # noqa: PLC0415 - loads what only the demo needs

    return run_demo(home, Settings.load(), screen=None if as_json else screen, print_json=_print_json)


@app.command("version")
@guarded
def show_version(*, as_json: AsJson = False) -> None:
    """Print the version."""
    try:
        found = version("carnet")
    except PackageNotFoundError:
        raise ConfigurationError("carnet is not installed, so it has no version (pip install -e . in the checkout)") from None
    if as_json:
        _print_json({"version": found})
    else:
        sys.stdout.write(f"carnet {found}\n")


def main() -> None:
    """Run the command line."""
    app(prog_name="carnet")


if __name__ == "__main__":
    main()

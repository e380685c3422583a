"""``carnet export`` and ``carnet query`` over what the pipeline wrote: no text is in any file, and the figures are the ledger's."""

from __future__ import annotations

import builtins
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from audit import store
from audit.checkpoint import Verifier, load_or_create_key, verifier_key
from console import evidence, export_parquet
from console.export import WITH_USAGE, Format, Raw, export, export_to
from console.export_tables import TABLES
from console.query import answer_table, ask, open_export, query
from schemas.codec import Codec
from schemas.errors import ConfigurationError, LedgerError
from schemas.records import DomesticSource
from streams.names import AUDIT, CHECKPOINTS, USAGE
from streams.pipeline import Equipment, build_pipeline
from streams.settings import KeysSettings, Settings
from tests.requests import request
from tests.simulation.world import PARTITIONS, Log, run, write_streams

CODEC = Codec.committed()
CARD, MAIL, NAME, ASKED = "4111 1111 1111 1111", "canary.tan@example.sg", "Canaria Q. Featherstone", "canary-request-77"
CANARIES = (CARD, CARD.replace(" ", ""), MAIL, "Canaria", "Featherstone", ASKED, "canary")
TEXT = f"Dear {NAME}, the card on file is {CARD}, and the receipt goes to {MAIL}. " + "Nothing else of it is in the file. " * 3
AT_HOME = (DomesticSource("retrieval", f"Customer {NAME}: card {CARD}, mail {MAIL}", None),)


@pytest.fixture(scope="module")
def log(equipment: Equipment, tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Return what the pipeline wrote about streams full of canaries, and about records that are none."""
    keys = tmp_path_factory.mktemp("keys")
    pipeline = build_pipeline(Settings(keys=KeysSettings(dir=keys)), PARTITIONS, equipment)
    made = Log()
    for number in range(PARTITIONS):
        made.append(number, MAIL.encode(), CARD.encode())
        made.append(number, None, b"\0\0\0\0\1" + TEXT.encode())
    streams = [
        (request("s-1", request_text=f"{ASKED} {MAIL}"), TEXT),
        (request("s-2", "US", domestic_sources=AT_HOME), TEXT),
        (request("s-3", "DE", domestic_sources=AT_HOME, request_text=ASKED), TEXT),
        (request("s-4"), "Nothing is in this one. " * 4),
    ]
    write_streams(made, CODEC, streams, seed=3)
    run(made, pipeline.processor, pipeline.state, seed=5)
    vkey = verifier_key("carnet.example/audit", load_or_create_key(keys / "checkpoint.pem").public_key())
    made.outputs["vkey"] = {0: [vkey.encode()]}
    return made


def raws(log: Log) -> Iterator[Raw]:
    for topic in (AUDIT, CHECKPOINTS, USAGE):
        for partition, values in log.outputs.get(topic, {}).items():
            for offset, value in enumerate(values):
                yield Raw(topic, partition, offset, value)


def code_of(command: Any, *arguments: Any, **options: Any) -> int:
    with pytest.raises(typer.Exit) as ended:
        command(*arguments, **options)
    return ended.value.exit_code


@pytest.fixture
def exported(log: Log, tmp_path: Path) -> Path:
    export_to(raws(log), tmp_path / "out", Format.PARQUET, codec=CODEC)
    return tmp_path / "out"


@pytest.fixture
def ledger(log: Log, tmp_path: Path) -> Path:
    for number, entries in log.outputs[AUDIT].items():
        store.write_partition(tmp_path / "ledger", number, entries, [note.decode() for note in log.outputs[CHECKPOINTS][number]])
    return tmp_path / "ledger"


@pytest.mark.parametrize("chosen", list(Format))
def test_no_planted_value_is_in_any_file(chosen: Format, log: Log, tmp_path: Path) -> None:
    summary = export_to(raws(log), tmp_path, chosen, codec=CODEC)
    assert summary.entries > 10
    assert summary.usage == (4 if chosen in WITH_USAGE else None)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    written = b"\n".join(path.read_bytes() for path in files)
    if chosen is Format.PARQUET:  # it is compressed: look at every cell
        database = open_export(tmp_path)
        cells = {table: ask(database, f"SELECT * FROM {table}").as_json()["rows"] for table in TABLES}  # noqa: S608
        assert len(cells["findings"]) >= 6
        assert len(cells["dead_letters"]) == 2 * PARTITIONS
        written += json.dumps(cells, ensure_ascii=False).encode()
    if chosen is not Format.IN_TOTO:
        assert b"CREDIT_CARD" in written
    assert [canary for canary in CANARIES if canary.lower().encode() in written.lower()] == []


@pytest.mark.parametrize("topic", [AUDIT, USAGE, CHECKPOINTS])
def test_no_planted_value_is_in_what_is_said_about_a_value_that_is_none(topic: str, log: Log, tmp_path: Path) -> None:
    planted = Raw(topic, 0, 0, b"\0\0\0\0\1" + TEXT.encode())
    chosen = Format.IN_TOTO if topic == CHECKPOINTS else Format.PARQUET
    with pytest.raises(LedgerError) as failure:
        export_to([planted, *raws(log)], tmp_path, chosen, codec=CODEC)
    assert not any(canary in f"{failure.value!r} {failure.value.__cause__!r}" for canary in CANARIES)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(canary.encode() in written for canary in CANARIES)


def test_the_ledger_that_is_exported_is_the_one_that_verifies(log: Log, ledger: Path) -> None:
    verdict = evidence.verify(evidence.load_export(ledger), Verifier(log.outputs["vkey"][0][0].decode()))
    assert (verdict.intact, verdict.complete) == (True, True)


def test_the_tables_say_what_the_ledger_says(log: Log, exported: Path) -> None:
    database = open_export(exported)
    entries = sum(map(len, log.outputs[AUDIT].values()))
    tables = ("decisions", "stamps", "reviews", "dead_letters")
    counted = ask(database, " UNION ALL ".join(f"SELECT count(DISTINCT (partition, entry_index)) FROM {table}" for table in tables))  # noqa: S608
    assert sum(row[0] for row in counted.rows) == entries
    ((streams, characters),) = ask(database, "SELECT count(*), sum(characters) FROM usage").rows
    assert (streams, characters) == (4, 3 * len(TEXT) + 96)
    sums = "sum(characters_released + characters_redacted + characters_withheld)"
    ((decided,),) = ask(database, f"SELECT {sums} FROM decisions").rows  # noqa: S608
    assert decided == characters
    ((alone,),) = ask(database, "SELECT count(*) FROM findings ANTI JOIN decisions USING (partition, entry_index)").rows
    assert alone == 0


def test_the_queries_of_the_document_run(exported: Path, pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "docs" / "export.md").read_text(encoding="utf-8")
    queries = [sql for sql in re.findall(r"```sql\n(.*?)```", text, re.DOTALL)[0].split(";") if sql.strip()]
    queries += re.findall(r'carnet query .*?"(.*?)"', text)
    answers = [ask(open_export(exported), sql) for sql in queries]
    assert len(answers) == 4
    assert {row[2] for row in answers[0].rows} & {"redact", "hold", "block"}
    assert answers[2].rows == []
    assert {row[0] for row in answers[3].rows} == {"DE", "SG", "US"}


@pytest.mark.parametrize(
    "sql",
    [
        "COPY decisions TO '{there}'",
        "COPY decisions TO '{part}'",
        "EXPLAIN ANALYZE COPY decisions TO '{there}'",
        "SELECT 1; SELECT 2",
        "DROP VIEW decisions",
        "CREATE TABLE t AS SELECT 1",
        "SET enable_external_access = true",
        "ATTACH '{there}'",
        "INSTALL httpfs",
        "PRAGMA database_list",
        "SELECT * FROM read_text('{state}')",
        "SELECT * FROM '{state}'",
        "SELECT * FROM glob('{parent}/*')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM planted",
        "SELECT nothing FROM decisions",
        "SELEC",
        "",
    ],
)
def test_a_query_reads_the_export_and_nothing_else(sql: str, exported: Path) -> None:
    planted = [{"a": 1}]  # a local of this name must not become a table
    assert planted
    part = exported / "parquet" / "decisions" / "part-00000.parquet"
    before = {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()}
    statement = sql.format(there=exported / "new", part=part, state=exported / "parquet" / "export-state.json", parent=exported)
    with pytest.raises(ConfigurationError):
        ask(open_export(exported), statement)
    assert {path: path.read_bytes() for path in exported.rglob("*") if path.is_file()} == before


def test_a_query_is_a_table_for_people_and_json_for_programs(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT action, count(*) AS n, min(decided_at) AS first, NULL AS nothing, 1/0.0 AS none FROM decisions GROUP BY ALL ORDER BY ALL"
    assert code_of(query, sql, directory=exported, as_json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [column["name"] for column in answer["columns"]] == ["action", "n", "first", "nothing", "none"]
    assert all(row[2].endswith("Z") and row[3:] == [None, None] for row in answer["rows"])
    assert code_of(query, sql, directory=exported) == 0
    shown = capsys.readouterr().out
    assert all(str(row[0]) in shown for row in answer["rows"])
    assert "–" in shown


def test_a_long_answer_is_cut_for_people_and_whole_for_programs(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(query, "SELECT range AS n FROM range(1500)", directory=exported) == 0
    assert "the first 1,000 rows; --json prints all" in capsys.readouterr().out
    assert code_of(query, "SELECT range AS n FROM range(1500)", directory=exported, as_json=True) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 1500


def test_cells_are_not_markup(exported: Path) -> None:
    screen = Console(width=80, record=True, file=open("/dev/null", "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    screen.print(answer_table(ask(open_export(exported), "SELECT '[red]x[/red]' AS a, ['p', 'q'] AS b, {'k': 1} AS c, true AS d")))
    assert re.search(r"\[red\]x\[/red\]\s+p, q\s+\{\"k\": 1\}\s+yes", screen.export_text())


def test_the_command_exports_a_ledger_and_says_how_much(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(export, tmp_path / "out", chosen=Format.CSV, ledger=ledger, as_json=True) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["format"], first["usage"]) == ("csv", None)
    assert sum(first["next_index"].values()) == first["entries"]
    assert code_of(export, tmp_path / "out", chosen=Format.CSV, ledger=ledger) == 0
    assert "csv: 0 entries and no usage records" in capsys.readouterr().out


def test_the_commands_are_ready_for_the_command_line(ledger: Path, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(export)
    app.command()(query)
    ran = CliRunner().invoke(app, ["export", str(tmp_path), "--format", "parquet", "--from", str(ledger), "--json"])
    assert (ran.exit_code, json.loads(ran.output)["parts"]["decisions"]) == (0, 1)
    ran = CliRunner().invoke(app, ["query", "SELECT count(*) FROM stamps", "--export", str(tmp_path), "--json"])
    assert (ran.exit_code, json.loads(ran.output)["rows"][0][0] > 1) == (0, True)
    assert CliRunner().invoke(app, ["export", str(tmp_path), "--format", "xml"]).exit_code == 2
    assert CliRunner().invoke(app, ["query", "SELECT 1", "--export", str(tmp_path / "none")]).exit_code == 2


def test_without_duckdb_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name == "duckdb":
            raise ModuleNotFoundError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match=re.escape("pip install 'carnet[query]'")):
        export_parquet.connect()
    (tmp_path / "parquet").mkdir()
    (tmp_path / "parquet" / "export-state.json").write_text(
        '{"version": 1, "format": "parquet", "audit": {}, "usage": {}, "sizes": {}, "parts": {}}'
    )
    assert code_of(query, "SELECT 1", directory=tmp_path) == 2
    assert "carnet[query]" in capsys.readouterr().err


def test_an_export_that_lost_a_part_is_refused(exported: Path) -> None:
    (exported / "parquet" / "rules" / "part-00000.parquet").unlink()
    with pytest.raises(ConfigurationError, match=r"rules/part-00000\.parquet is missing"):
        open_export(exported)


def test_an_export_is_found_through_links_and_odd_names(exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / "it's {an} export; 东京 &"
    exported.rename(odd)
    (tmp_path / "link").symlink_to(odd)
    monkeypatch.chdir(tmp_path)
    for path in (odd, Path("link"), Path("link/../link"), Path(odd.name)):
        assert ask(open_export(path), "SELECT count(*) FROM usage").rows == [(4,)]

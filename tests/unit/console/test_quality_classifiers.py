"""`carnet quality --classifiers`: the figures are those of what was said, the texts are what they claim, the document keeps the rest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console import classifiers, classifiers_run, cli
from console.classifier_cards import cards
from console.classifier_scores import (
    Hits,
    JudgedSet,
    exact_rates,
    false_alarms,
    kind_hits,
    label_rates,
    language_hits,
    overlap_rates,
)
from console.classifier_tables import NO_SET, Table, alike, shown, tables
from console.classifiers import MODEL, Cost, Measured, TextSets, distinct, measure, text_sets
from console.classifiers_run import BEGIN, END, cost_line, put_in, section
from console.exits import EXIT_USAGE
from console.known_texts import (
    FOREIGN,
    HAND,
    TRAINING,
    UNER,
    Known,
    hand_domains,
    hand_kinds,
    hand_languages,
    hand_names,
    marked,
    shared,
    uner,
)
from detectors.finding import Finding
from detectors.reading import Reading, TextReader
from models.manifest import load
from models.text_labels import DOMAINS, KINDS
from schemas.errors import ConfigurationError
from schemas.records import ModelUse

COST = Cost(1.5, 80, 300, 600)
CAPITALS = {"ANNA": "PERSON", "BONN": "LOCATION", "FAO": "ORGANIZATION"}


class Speaks:
    """Stands in for the text model: says the domains, kind and language that a text begins with, and names words in capitals."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.asked += texts
        return [self._of(text) for text in texts]

    @staticmethod
    def _of(text: str) -> Reading:
        words = text.split()
        on = tuple(label for label in DOMAINS if label in words)
        kind = next((kind for kind in KINDS if kind in words), "prose")
        language = next((word for word in words if word in {"de", "fr"}), "en")
        names = tuple(
            Finding(text.find(word), text.find(word) + len(word), CAPITALS[word], 0.9, "TextModel") for word in words if word in CAPITALS
        )
        scores = tuple(float(label in on) for label in DOMAINS)
        return Reading(
            ModelUse("language", "", "", language, 1.0), kind, 0.9, DOMAINS, scores, on, names, ModelUse("text", "", "", kind, 0.9)
        )


@pytest.fixture
def speaks() -> Speaks:
    return Speaks()


def named(line: str, language: str = "en") -> Known:
    text, names = marked(line)
    return Known(text, language, names=names)


SETS = TextSets(
    names={
        # Two right, one of them only in part; one missed; one false.
        HAND: (named("[ANNA|PERSON] went to [BONN am Rhein|LOCATION]"), named("[Bert|PERSON] at FAO", "fr"), named("no one", "fr")),
        FOREIGN: (named("[ANNA|P] und [BONN|P]", "zh"), named("[FAO|O]")),
    },
    domains={
        HAND: (
            Known("health and religion", "en", domains=frozenset({"health"})),
            Known("nothing", "de", domains=frozenset({"health", "minor"})),
            Known("a health of the disk", "zh", domains=frozenset(), resembles="health"),
            Known("a bank of the river", "zh", domains=frozenset(), resembles="financial"),
            Known("rain", "de", domains=frozenset()),
        ),
        TRAINING: (Known("health", "zh", domains=frozenset({"health"})), Known("health", "en", domains=frozenset())),
    },
    kinds={HAND: (Known("code a", "en", kind="code"), Known("b", "en", kind="code"), Known("c", "en", kind="prose"))},
    languages={HAND: (Known("de Haus", "de"), Known("de this one is a whole sentence", "de"), Known("an", "fr"), Known("no one", "en"))},
)


@pytest.fixture
def measured(speaks: Speaks) -> Measured:
    return measure(SETS, as_reader(speaks))


def as_reader(speaks: Speaks) -> TextReader:
    return speaks  # type: ignore[return-value]  # it has the one method that is used


def of(sets: Sequence[JudgedSet], texts: str = HAND) -> JudgedSet:
    return next(one for one in sets if one.texts == texts)


def table(made: Sequence[Table], title: str) -> Table:
    return next(one for one in made if one.title == title)


def test_a_name_counts_where_type_and_place_meet_and_exactly_where_they_are_the_same(measured: Measured) -> None:
    judged = of(measured.names).judged
    overlap, exact = overlap_rates(judged), exact_rates(judged)
    assert (overlap.known, overlap.said, overlap.found, overlap.right) == (3, 3, 2, 2)
    assert (overlap.precision, overlap.recall, overlap.f1) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert exact.f1 == pytest.approx(1 / 3)
    assert overlap_rates(judged, "PERSON").recall == pytest.approx(0.5)
    assert overlap_rates(of(measured.names, FOREIGN).of("zh")).f1 == pytest.approx(0.5)  # BONN is there, but no person


def test_one_wide_span_over_two_names_finds_both_and_is_said_once(measured: Measured) -> None:
    said = of(measured.names).judged[0].said
    wide = type(said)("", 9, "en", "", {}, (), (Finding(0, 9, "PERSON", 0.9, "x"),))
    judged = type(of(measured.names).judged[0])(named("[ANNA|P] [OTTO|P]"), wide)
    rates = overlap_rates([judged])
    assert (rates.known, rates.said, rates.found, rates.right) == (2, 1, 2, 1)


def test_domains_are_counted_label_by_label_and_alarms_text_by_text(measured: Measured) -> None:
    judged = of(measured.domains).judged
    rates = label_rates(judged)
    assert (rates.known, rates.said, rates.right) == (3, 3, 1)
    assert rates.f1 == pytest.approx(1 / 3)
    assert label_rates(judged, "religion").precision == pytest.approx(0.0)
    alarms = false_alarms(judged)
    assert (alarms.texts, alarms.alarms, alarms.labels) == (3, 1, Counter(health=1))
    assert false_alarms([]).share == 0.0


def test_kinds_and_languages_are_counted_with_what_they_were_taken_for(measured: Measured) -> None:
    kinds = kind_hits(of(measured.kinds).judged)
    assert kinds.accuracy == pytest.approx(2 / 3)
    assert kinds.confusions() == [("code", "prose", 1)]
    judged = of(measured.languages).judged
    short, sentences = language_hits(judged, short=True), language_hits(judged, short=False)
    assert (short.texts, short.right) == (Counter(de=1, fr=1, en=1), Counter(de=1, en=1))
    assert (sentences.texts, sentences.accuracy) == (Counter(de=1), 1.0)
    assert language_hits(judged).confusions("fr") == [("fr", "en", 1)]


def test_where_nothing_was_asked_nothing_is_wrong() -> None:
    assert Hits().accuracy == 1.0
    assert overlap_rates([]).f1 == 1.0


@pytest.mark.parametrize(
    ("text", "language", "short"),
    [("x" * 20, "en", True), ("x" * 21, "en", False), ("字" * 12, "zh-Hant", True), ("字" * 13, "yue", False)],
)
def test_short_is_shorter_where_a_character_is_a_syllable(text: str, language: str, short: bool) -> None:
    assert Known(text, language).is_short is short


def test_a_text_of_several_sets_is_read_once(speaks: Speaks) -> None:
    done: list[int] = []
    measure(SETS, as_reader(speaks), done.append)
    assert len(speaks.asked) == len(set(speaks.asked)) == len(distinct(SETS)) == sum(done)


def test_tables_show_the_figures_by_language_label_and_look_alike(measured: Measured) -> None:
    made = tables(measured)
    names = table(made, "Names by language, hand set")
    assert [row[:3] for row in names.rows] == [("en", 1, 2), ("fr", 2, 1), ("all", 3, 3)]
    domains = {row[0]: row for row in table(made, "Domains by language, hand set").rows}
    assert list(domains) == ["all", "zh + en", "other languages", "en", "de", "zh"]
    assert domains["zh + en"][1:5] == (3, pytest.approx(1 / 3), 1.0, pytest.approx(0.5))
    labels = {row[0]: row for row in table(made, "Domains by label, hand set").rows}
    assert labels["minor"] == ("minor", 1, "–", 0.0, 0.0, "–", 0.0)
    alike = {row[0]: row[1:] for row in table(made, "Look-alikes that raise alarms, hand set").rows}
    assert alike == {"health": (1, 1, 1.0, "health 1"), "financial": (1, 0, 0.0, ""), "nothing (neutral)": (1, 0, 0.0, "")}
    kinds = table(made, "Kinds, hand set")
    assert kinds.rows[0] == ("code", 2, 1, 0.5, 1.0, "prose 1")
    assert {len(row) for one in made for row in (*one.rows, one.headings)} == {len(one.headings) for one in made}


def test_each_classifier_stands_three_times_with_the_gap(measured: Measured) -> None:
    rows = {row[0]: row[1:] for row in table(tables(measured), "Each classifier three times").rows}
    assert rows["domains zh, micro-F1"] == (1.0, 0.0, NO_SET, 1.0)
    assert rows["names en, overlap F1"] == ("not measured", 1.0, 1.0, 0.0)
    assert rows["language en, accuracy"] == ("not trained here", 1.0, "not measured", "")


def test_aims_say_what_was_reached_and_what_was_not_measured(measured: Measured) -> None:
    rows = {row[0]: row for row in table(tables(measured), "Aims").rows}
    assert rows["kinds, hand set, accuracy"][-1] == "no"
    assert rows["language, hand set, sentences, accuracy"][-1] == "yes"
    assert rows["domains, hand set, false alarms"][1:] == (3, pytest.approx(1 / 3), "≤ 0.08", "no")
    measured.names = []
    assert {row[0]: row for row in table(tables(measured), "Aims").rows}["names, hand set, overlap F1"][2] == "not measured"


def test_tables_can_be_made_of_nothing_and_numbers_are_written_alike() -> None:
    assert [one.title for one in tables(Measured())] == ["Aims", "Each classifier three times"]
    assert [shown(cell) for cell in (0.5, 1200, "zh")] == ["0.500", "1,200", "zh"]


def test_cards_name_each_model_its_digest_and_what_was_weak(measured: Measured) -> None:
    manifest = load()
    written = cards(measured, manifest)
    for name in ("text_int8", "language", "chinese"):
        assert f"sha256 `{manifest.card(name).sha256}`" in written
    assert "code taken for prose (1)" in written
    assert "look-alikes of health (1 of 1 raise an alarm)" in written
    assert "To be written" not in written


def test_the_section_replaces_itself_and_nothing_else(measured: Measured) -> None:
    written = section(measured, tables(measured), COST, load(), with_training=False, with_foreign=False)
    assert "Not measured in this run: the training sentences and Universal NER." in written
    once = put_in("# Quality\n\nbefore\n", written)
    assert once.startswith("# Quality\n\nbefore\n\n" + BEGIN)
    later = put_in(once + "\nafter \\1\n", written.replace("## Classifiers", "## Later"))
    assert later.count(BEGIN) == later.count(END) == 1
    assert later.endswith(END + "\n\nafter \\1\n")
    assert "## Later" in later
    assert "## Classifiers" not in later


def test_no_text_of_a_set_is_in_the_section(measured: Measured) -> None:
    written = section(measured, tables(measured), COST, load())
    assert not [text for text in distinct(SETS) if len(text) > 10 and text in written]
    assert cost_line(COST) in written


# --- texts --------------------------------------------------------------------------------------------------------------------------------


def test_the_hand_sets_are_as_large_as_the_figures_need_and_their_labels_are_the_models() -> None:
    names, domains, kinds, languages = hand_names(), hand_domains(), hand_kinds(), hand_languages()
    assert len(names) >= 150
    assert len({one.language for one in names}) >= 14
    assert len(domains) >= 400
    assert sum(bool(one.resembles) for one in domains) >= 150
    assert {label for one in domains for label in (*(one.domains or ()), *filter(None, [one.resembles]))} == set(DOMAINS)
    assert not [one for one in domains if one.resembles and one.domains]
    assert Counter(one.kind for one in kinds).keys() == set(KINDS)
    assert len(kinds) >= 200
    assert all(sum(one.language == language for one in languages) >= 20 for language in {one.language for one in languages})


def test_marks_become_places_and_an_unknown_type_is_refused() -> None:
    assert marked("a [B c|P], [D|LOCATION]") == ("a B c, D", ((2, 5, "PERSON"), (7, 8, "LOCATION")))
    with pytest.raises(ConfigurationError, match="THING"):
        marked("[x|THING]")


def test_a_text_that_is_nearly_a_training_text_is_counted() -> None:
    learned = ("Any matrix times the identity  stays as it was.", "nothing at all")
    same, half, other = shared(("any matrix times the identity stays", "any matrix times the vector of ones gives sums", "rain"), learned)
    assert same == 1.0
    assert 0.2 < half < 0.5
    assert other == 0.0


def test_the_hand_sets_are_set_beside_the_training_texts(measured: Measured) -> None:
    rows = {row[0]: row[1:] for row in alike(measured, ["There is a BANK of the River here.", "nobody"]).rows}
    assert rows == {"names": (3, 0, 0, 0.0), "domains": (5, 1, 1, 1.0), "kinds": (3, 0, 0, 0.0)}


def iob2(folder: Path, *lines: str, language: str = "en") -> Path:
    (folder / "pii").mkdir(exist_ok=True)
    (folder / "pii" / UNER[language]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_sentences_of_universal_ner_are_read_as_they_were_written(tmp_path: Path) -> None:
    lines = ("# sent_id = 1", "# text = In Tampa Bay, # he's", "1\tIn\tO\t-\t-", "2\tTampa\tB-LOC\t-\t-", "3\tBay\tI-LOC\t-\t-")
    (known,) = uner(iob2(tmp_path, *lines, "4\t,\tO\t-\t-", "5\t#\tO\t-\t-", "6\the\tB-OTH\t-\t-", "7\t's\tI-OTH\t-\t-", ""), "en")
    assert known == Known("In Tampa Bay, # he's", "en", names=((3, 12, "LOCATION"),))


def test_a_token_that_is_not_in_its_text_is_refused_without_saying_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="behind character 0") as caught:
        uner(iob2(tmp_path, "# text = ab", "1\tsecret\tO\t-\t-", ""), "en")
    assert "secret" not in str(caught.value)


def test_every_tenth_training_text_is_taken_and_no_remark(tmp_path: Path) -> None:
    for folder, line in (("names", "[ANNA|P] {}"), ("domains", "health, minor\ttext {}"), ("domains", "-\ttext {}")):
        (tmp_path / folder).mkdir(exist_ok=True)
        lines = "# remark\n" + "\n".join(line.format(number) for number in range(21))
        (tmp_path / folder / f"{'en' if line.startswith('-') else 'zh'}.txt").write_text(lines, encoding="utf-8")
    (tmp_path / "kinds.yaml").write_text("snippets: [{kind: code, text: 'x = 1'}]", encoding="utf-8")
    sets = text_sets(None, tmp_path)
    assert [one.text for one in sets.names[TRAINING]] == ["ANNA 0", "ANNA 10", "ANNA 20"]
    assert [one.domains for one in sets.domains[TRAINING]] == [frozenset({"health", "minor"})] * 3 + [frozenset()] * 3
    assert sets.kinds[TRAINING] == (Known("x = 1", "", kind="code"),)
    assert FOREIGN not in sets.names


def test_without_the_training_folder_only_the_hand_sets_are_measured(tmp_path: Path) -> None:
    sets = text_sets(None, tmp_path)
    assert all(list(own) == [HAND] for own in (sets.names, sets.domains, sets.kinds, sets.languages))


# --- the command --------------------------------------------------------------------------------------------------------------------------


def quality(*words: str, code: int = 0) -> str:
    answer = CliRunner().invoke(cli.app, ["quality", "--classifiers", *words])
    assert answer.exit_code == code, answer.output
    return answer.output if code else answer.stdout


@pytest.mark.parametrize("words", [("--json", "--markdown"), ("--rivals",)])
def test_options_that_exclude_each_other_are_refused_before_a_model_is_opened(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(classifiers_run, "load", lambda _models: pytest.fail("opened"))
    assert words[0] in quality(*words, code=EXIT_USAGE)


def test_data_without_universal_ner_are_refused(tmp_path: Path) -> None:
    assert UNER["zh"] in quality("--data", str(tmp_path), code=EXIT_USAGE).replace("\n", "")


def test_the_real_models_and_lanes_are_measured_on_a_few_texts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chinese = ("# text = 王小明在上海。", "1\t王小明\tB-PER\t-\t-", "2\t在\tO\t-\t-", "3\t上海\tB-LOC\t-\t-", "4\t。\tO\t-\t-", "")
    english = ("# text = Maria Keller lives in London.", "1\tMaria\tB-PER\t-\t-", "2\tKeller\tI-PER\t-\t-", "3\tLondon\tB-LOC\t-\t-", "")
    foreign = (*uner(iob2(tmp_path, *chinese, language="zh"), "zh"), *uner(iob2(tmp_path, *english), "en"))
    few = TextSets({FOREIGN: foreign}, {HAND: hand_domains()[:2]}, {HAND: hand_kinds()[:2]}, {HAND: hand_languages()[:2]})
    monkeypatch.setattr(classifiers_run, "text_sets", lambda _directory: few)
    document = tmp_path / "quality.md"
    document.write_text("# Quality\n", encoding="utf-8")
    monkeypatch.setattr(classifiers_run, "DOCUMENT", document)

    spoken = json.loads(quality("--json"))
    rows = next(one["rows"] for one in spoken["classifiers"] if one["title"] == "Names, Universal NER")
    found = {(row["language"], row["finder"]): row for row in rows if row["type"] == "all"}
    assert found.keys() == {(language, finder) for language in ("zh", "en") for finder in (MODEL,)} | {
        ("zh", classifiers.LAC),
        ("en", classifiers.SPACY),
        ("en", classifiers.SPACY_PHRASES),
    }
    assert found["zh", classifiers.LAC]["overlap F1"] == found["en", classifiers.SPACY]["overlap F1"] == 1.0
    assert spoken["cost"]["peak_mib"] >= spoken["cost"]["loaded_mib"] > 0

    assert "Classifiers" in quality("--markdown")
    assert document.read_text(encoding="utf-8").count("#### ") == 3
    assert "Domains by label, hand set" in quality()

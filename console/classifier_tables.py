"""The figures of `carnet quality --classifiers` as tables of plain cells: the terminal, Markdown and JSON show the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from console.classifier_scores import (
    Hits,
    Judged,
    JudgedSet,
    Rates,
    exact_rates,
    false_alarms,
    kind_hits,
    label_rates,
    language_hits,
    overlap_rates,
)
from console.classifiers import MODEL, TRAINED_LANGUAGES, Measured
from console.known_texts import FOREIGN, HAND, TRAINING, shared

Cell = str | int | float
ALL = "all"
NOT_MEASURED = "not measured"
NO_SET = "no such set"
_HALF = 0.5
SHOWN_CONFUSIONS = 3
AIMS: Final = {
    "names": 0.95, "names zh": 0.83, "names en": 0.78, "domains": 0.93, "alarms": 0.08, "kinds": 0.95, "sentences": 0.98, "short": 0.88,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        title: Above it.
        note: What a reader must know to read it; empty if nothing.
        headings: Of the columns.
        rows: A share is a float, a count an int.
        of_text: How many columns at the left are text.
    """

    title: str
    note: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    of_text: int = 1

    def as_json(self) -> dict[str, Any]:
        """Return it for a machine: a mapping for each row."""
        rows = [
            {name: round(cell, 4) if isinstance(cell, float) else cell for name, cell in zip(self.headings, row, strict=True)}
            for row in self.rows
        ]
        return {"title": self.title, "rows": rows}


def shown(cell: Cell) -> str:
    """Return a cell as it is printed: shares with three decimals."""
    return f"{cell:.3f}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else cell


def one_set(sets: Sequence[JudgedSet], texts: str, finder: str = MODEL) -> JudgedSet | None:
    """Return the set of one origin and finder, if it was measured."""
    return next((one for one in sets if (one.texts, one.finder) == (texts, finder)), None)


def tables(measured: Measured) -> tuple[Table, ...]:
    """Return all tables that the measured sets allow."""
    made = [_aims(measured), _three_times(measured)]
    names, domains = one_set(measured.names, HAND), one_set(measured.domains, HAND)
    kinds, languages = one_set(measured.kinds, HAND), one_set(measured.languages, HAND)
    if names:
        made += [_names_by_language(names), _names_by_type(names)]
    foreign = [one for one in measured.names if one.texts == FOREIGN]
    if foreign:
        made.append(_names_of_others(foreign))
    if domains:
        made += [_domains_by_language(domains), _domains_by_label(domains), _look_alikes(domains)]
    if kinds:
        made.append(_kinds(kinds))
    if languages:
        made.append(_languages(languages))
    return tuple(made)


# --- all at a glance ----------------------------------------------------------------------------------------------------------------------


def _aims(measured: Measured) -> Table:
    rows: list[tuple[Cell, ...]] = []

    def add(what: str, judged: Sequence[Judged] | None, figure: float, aim: float, *, at_most: bool = False) -> None:
        sign = "≤" if at_most else "≥"
        if judged:
            reached = figure <= aim if at_most else figure >= aim
            rows.append((what, len(judged), figure, f"{sign} {aim:.2f}", "yes" if reached else "no"))
        else:
            rows.append((what, "", NOT_MEASURED, f"{sign} {aim:.2f}", ""))

    names, foreign = _of(measured.names, HAND), one_set(measured.names, FOREIGN)
    add("names, hand set, overlap F1", names, overlap_rates(names).f1, AIMS["names"])
    for language in TRAINED_LANGUAGES:
        own = foreign.of(language) if foreign else ()
        add(f"names, Universal NER {language}, overlap F1", own, overlap_rates(own).f1, AIMS[f"names {language}"])
    domains = _of(measured.domains, HAND)
    clean = [one for one in domains if not one.known.domains]
    add("domains, hand set, micro-F1", domains, label_rates(domains).f1, AIMS["domains"])
    add("domains, hand set, false alarms", clean, false_alarms(clean).share, AIMS["alarms"], at_most=True)
    kinds = _of(measured.kinds, HAND)
    add("kinds, hand set, accuracy", kinds, kind_hits(kinds).accuracy, AIMS["kinds"])
    languages = _of(measured.languages, HAND)
    for what, short in (("sentences", False), ("short", True)):
        own = tuple(one for one in languages if one.known.is_short == short)
        called = "short strings" if short else what
        add(f"language, hand set, {called}, accuracy", own, language_hits(own).accuracy, AIMS[what])
    return Table("Aims", "", ("what", "texts", "figure", "aim", "reached"), tuple(rows))


def _of(sets: Sequence[JudgedSet], texts: str, *languages: str) -> tuple[Judged, ...]:
    own = one_set(sets, texts)
    return own.of(*languages) if own else ()


def _three_times(measured: Measured) -> Table:
    """Return each classifier on sentences that it was trained on, on the hand sets, and on texts of others."""
    rows: list[tuple[Cell, ...]] = []

    def add(what: str, *cells: Cell) -> None:
        known = [cell for cell in cells if isinstance(cell, float)]
        rows.append((what, *cells, max(known) - min(known) if len(known) > 1 else ""))

    for language in TRAINED_LANGUAGES:
        cells = [
            overlap_rates(own).f1 if (own := _of(measured.names, texts, language)) else NOT_MEASURED for texts in (TRAINING, HAND, FOREIGN)
        ]
        add(f"names {language}, overlap F1", *cells)
    for language in TRAINED_LANGUAGES:
        cells = [label_rates(own).f1 if (own := _of(measured.domains, texts, language)) else NOT_MEASURED for texts in (TRAINING, HAND)]
        add(f"domains {language}, micro-F1", *cells, NO_SET)
    cells = [kind_hits(own).accuracy if (own := _of(measured.kinds, texts)) else NOT_MEASURED for texts in (TRAINING, HAND)]
    add("kinds, accuracy", *cells, NO_SET)
    for language in TRAINED_LANGUAGES:
        cells = [
            language_hits(own).accuracy if (own := _of(measured.languages, texts, language)) else NOT_MEASURED for texts in (HAND, FOREIGN)
        ]
        add(f"language {language}, accuracy", "not trained here", *cells)
    note = (
        "Same templates: every tenth of the training texts in Chinese and English, as they were written (the names in them are swapped for "
        "others in training) and, for kinds, every tenth snippet. Unseen templates: the hand sets, but for kinds only their part in the "
        "language of the row. Foreign source: sentences of others, of Universal NER. The gap is the highest figure less the lowest; where "
        "it is large, the first figure says little. `python -m models.training.train --hold-out SOURCES` trains without some files of "
        "`models/training/names` or `models/training/domains`, which are unseen to those heads then."
    )
    headings = ("what", "same templates", "unseen templates", "foreign source", "gap")
    return Table("Each classifier three times", note, headings, tuple(rows))


def alike(measured: Measured, learned: Sequence[str]) -> Table:
    """Return how many texts of the hand sets are nearly a training text: what was learned by heart would show there."""
    rows: list[tuple[Cell, ...]] = []
    for what, sets in (("names", measured.names), ("domains", measured.domains), ("kinds", measured.kinds)):
        texts = [one.known.text for one in _of(sets, HAND)]
        shares = shared(texts, learned)
        if texts:
            rows.append((what, len(texts), sum(share > _HALF for share in shares), sum(share >= 1.0 for share in shares), max(shares)))
    note = (
        "Texts of the hand sets that share more than half of their runs of ten characters with one and the same training text, and that "
        "are wholly within one."
    )
    return Table("Hand sets beside the training texts", note, ("set", "texts", "more than half", "wholly", "most"), tuple(rows))


# --- names --------------------------------------------------------------------------------------------------------------------------------

_RATES = ("precision", "recall", "overlap F1", "exact F1")


def _name_cells(judged: Sequence[Judged], kind: str = "") -> tuple[Cell, ...]:
    overlap = overlap_rates(judged, kind)
    return overlap.known, _precision(overlap), overlap.recall, overlap.f1, exact_rates(judged, kind).f1


def _precision(rates: Rates) -> Cell:
    """Return the precision; where nothing was said there is none."""
    return rates.precision if rates.said else "–"


def _names_by_language(own: JudgedSet) -> Table:
    rows = [(language, len(own.of(language)), *_name_cells(own.of(language))) for language in own.languages]
    rows.append((ALL, len(own.judged), *_name_cells(own.judged)))
    note = (
        "A name counts where the type is the same and the spans overlap; precision over what was said, recall over what is there. Exact: "
        "the same characters. – where nothing was said."
    )
    return Table("Names by language, hand set", note, ("language", "sentences", "names", *_RATES), tuple(rows))


def _types_of(judged: Sequence[Judged]) -> list[str]:
    return sorted({kind for one in judged for _, _, kind in one.known.names or ()})


def _names_by_type(own: JudgedSet) -> Table:
    rows = [(kind, *_name_cells(own.judged, kind)) for kind in _types_of(own.judged)]
    return Table("Names by type, hand set", "", ("type", "names", *_RATES), tuple(rows))


def _names_of_others(sets: Sequence[JudgedSet]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for language in dict.fromkeys(language for one in sets for language in one.languages):
        for one in sets:
            judged = one.of(language)
            if judged:
                rows.append((language, one.finder, ALL, *_name_cells(judged)))
                rows += [(language, one.finder, kind, *_name_cells(judged, kind)) for kind in _types_of(judged)]
    note = (
        "Development halves, in the same run beside the lanes that the pipeline has for these languages. spaCy's lane reports no "
        "organisations; the lane of phrases does."
    )
    return Table("Names, Universal NER", note, ("language", "finder", "type", "names", *_RATES), tuple(rows), of_text=3)


# --- domains ------------------------------------------------------------------------------------------------------------------------------


def _domain_cells(judged: Sequence[Judged]) -> tuple[Cell, ...]:
    rates = label_rates(judged)
    alike = false_alarms(one for one in judged if one.known.resembles)
    clean = false_alarms(judged)
    return len(judged), _precision(rates), rates.recall, rates.f1, clean.texts, clean.share, alike.texts, alike.share


def _domains_by_language(own: JudgedSet) -> Table:
    others = tuple(language for language in own.languages if language not in TRAINED_LANGUAGES)
    rows = [(ALL, *_domain_cells(own.judged))]
    rows.append((" + ".join(TRAINED_LANGUAGES), *_domain_cells(own.of(*TRAINED_LANGUAGES))))
    if others:
        rows.append(("other languages", *_domain_cells(own.of(*others))))
    rows += [(language, *_domain_cells(own.of(language))) for language in own.languages]
    note = "A false alarm is a text without a label that gets one; look-alikes are those of them that only resemble a domain."
    headings = ("language", "texts", "precision", "recall", "micro-F1", "without label", "false alarms", "look-alikes", "alarms of those")
    return Table("Domains by language, hand set", note, headings, tuple(rows))


def labels_of(judged: Sequence[Judged]) -> list[str]:
    """Return the labels that are known or were said, in the order of the model."""
    order = dict.fromkeys(label for one in judged for label in one.said.domains)
    there = {label for one in judged for label in (*(one.known.domains or ()), *one.said.domains_on)}
    return [label for label in order if label in there] + sorted(there - order.keys())


def _domains_by_label(own: JudgedSet) -> Table:
    rows = []
    for label in labels_of(own.judged):
        cells: list[Cell] = [label]
        for rates in (
            label_rates(own.judged, label),
            label_rates(own.of(*TRAINED_LANGUAGES), label),
            label_rates([one for one in own.judged if one.known.language not in TRAINED_LANGUAGES], label),
        ):
            cells += _label_cells(rates, whole=len(cells) == 1)
        rows.append(tuple(cells))
    headings = ("label", "texts", "precision", "recall", "F1", "F1 zh + en", "F1 other languages")
    return Table("Domains by label, hand set", "", headings, tuple(rows))


def _label_cells(rates: Rates, *, whole: bool) -> list[Cell]:
    f1: Cell = rates.f1 if rates.known or rates.said else "–"
    return [rates.known, _precision(rates), rates.recall, f1] if whole else [f1]


def _look_alikes(own: JudgedSet) -> Table:
    rows: list[tuple[Cell, ...]] = []
    resembled = {one.known.resembles for one in own.judged if one.known.resembles}
    for label in [*(each for each in labels_of(own.judged) if each in resembled), *sorted(resembled - set(labels_of(own.judged)))]:
        alarms = false_alarms(one for one in own.judged if one.known.resembles == label)
        rows.append((label, alarms.texts, alarms.alarms, alarms.share, counted(alarms.labels)))
    plain = false_alarms(one for one in own.judged if not one.known.resembles)
    rows.append(("nothing (neutral)", plain.texts, plain.alarms, plain.share, counted(plain.labels)))
    return Table("Look-alikes that raise alarms, hand set", "", ("resembles", "texts", "alarms", "share", "taken for"), tuple(rows))


def counted(counts: Counter[str]) -> str:
    """Return what was counted, the most frequent first."""
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


# --- kinds and languages ------------------------------------------------------------------------------------------------------------------


def taken_for(hits: Hits, known: str) -> str:
    """Return what texts of a class were taken for."""
    return ", ".join(f"{said} {count}" for _, said, count in hits.confusions(known)[:SHOWN_CONFUSIONS])


def _kinds(own: JudgedSet) -> Table:
    hits = kind_hits(own.judged)

    def rows() -> Iterator[tuple[Cell, ...]]:
        for kind, count in hits.texts.items():
            right = hits.right[kind]
            yield kind, count, right, right / count, right / hits.said[kind] if hits.said[kind] else "–", taken_for(hits, kind)
        yield ALL, hits.texts.total(), hits.right.total(), hits.accuracy, "", ""

    return Table("Kinds, hand set", "", ("kind", "snippets", "right", "share", "precision", "taken for"), tuple(rows()))


def _languages(own: JudgedSet) -> Table:
    sentences, short, both = (language_hits(own.judged, short=one) for one in (False, True, None))

    def cells(texts: int, right: int) -> tuple[Cell, ...]:
        return (texts, right, right / texts) if texts else ("", "", "–")

    rows: list[tuple[Cell, ...]] = [
        (
            language,
            *cells(sentences.texts[language], sentences.right[language]),
            *cells(short.texts[language], short.right[language]),
            taken_for(both, language),
        )
        for language in own.languages
    ]
    rows.append((ALL, *(cell for hits in (sentences, short) for cell in cells(hits.texts.total(), hits.right.total())), ""))
    note = (
        "Short: at most 20 characters, at most 12 of zh, zh-Hant, yue and ja. zh-Hant is written Chinese in traditional characters, yue "
        "Cantonese, zxx no language (code, numbers, identifiers)."
    )
    headings = ("language", "sentences", "right", "share", "short strings", "right of these", "share of these", "taken for")
    return Table("Language, hand set", note, headings, tuple(rows))

"""A card for each model of text: what it is for, what it learned from, what it must not be used for, and what this run says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.classifier_scores import (
    JudgedSet,
    exact_rates,
    false_alarms,
    kind_hits,
    label_rates,
    language_hits,
    lowest,
    overlap_rates,
)
from console.classifier_tables import labels_of, one_set
from console.classifiers import LAC, MODEL, Measured
from console.known_texts import FOREIGN, HAND, TRAINING_PATH
from models.manifest import Manifest, ModelCard

_FREQUENT = 4
_UNWRITTEN = "To be written."


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is said of a model whatever its figures are."""

    title: str
    purpose: str
    learned: str
    never: str


PURPOSES: Final = {
    "text_int8": Purpose(
        "Text model",
        "Says of a window of text, up to 256 characters: which sensitive domains it is about, whether it is prose, code, structured or a "
        "service's answer, and where it names people, places and organisations. Rules of a destination read these; names are redacted.",
        "The lowest layers are those of multilingual-e5-small, as the package below ships them. The heads and small changes of the upper "
        "layers learned from texts that were composed for Carnet by an assistant, with invented people, and from records that a program "
        "wrote; from no text of customers, of Universal NER, or of the hand sets.",
        "To judge or sort people; as proof that a text has no such content; to find out whether somebody belongs to a group. A "
        "label says what a text is about, not that what it says of anyone is true.",
    ),
    "language": Purpose(
        "Language model",
        "Says what language a piece of text is in, which is on the record and picks recognisers.",
        "Taken as the package below ships it, cut to the labels that are used; nothing was trained here.",
        "To infer where somebody comes from; to refuse a text, for the language of a short string is a guess.",
    ),
    "chinese": Purpose(
        "Chinese tagger",
        "Finds people, places and organisations in Chinese text, in pieces of a stream.",
        "Taken as the package below ships it (Baidu's LAC); nothing was trained here.",
        "On Japanese text; as proof that no name is there.",
    ),
}


def cards(measured: Measured, manifest: Manifest) -> str:
    """Return the cards as Markdown."""
    spoken = {"text_int8": _text(measured), "language": _language(measured), "chinese": _chinese(measured)}
    return "\n\n".join(_card(manifest.card(name), purpose, *spoken[name]) for name, purpose in PURPOSES.items())


def _card(card: ModelCard, purpose: Purpose, figures: Sequence[str], weak: Sequence[str]) -> str:
    source = card.source
    limits = "" if card.data_card.startswith(_UNWRITTEN) else f"* **In its manifest:** {card.data_card.strip()}\n"
    learned = f"{purpose.learned} {_counted_texts()}".strip() if card.name.startswith("text") else purpose.learned
    return (
        f"#### {purpose.title} (`{card.name}`)\n\n"
        f"* **For:** {purpose.purpose}\n"
        f"* **Learned from:** {learned}\n"
        f"{limits}"
        f"* **Not to be used:** {purpose.never}\n"
        f"* **Figures:** {'; '.join(figures) or 'not measured in this run'}.\n"
        f"* **Weak spots in this run:** {'; '.join(weak) or 'none that these texts show'}.\n"
        f"* **File:** `{card.file}`, {card.bytes / 1e6:.1f} MB, sha256 `{card.sha256}`; {card.licence}, from {source.package} "
        f"{source.version}."
    )


def _counted_texts() -> str:
    """Return how many texts the training folder has; nothing where it is not there."""
    folders = {"sentences with names": "names", "texts about a domain or none": "domains"}
    counts = []
    for called, folder in folders.items():
        paths = sorted((TRAINING_PATH / folder).glob("*.txt"))
        lines = sum(bool(line.strip()) and not line.startswith("#") for path in paths for line in path.read_text("utf-8").splitlines())
        if lines:
            counts.append(f"{lines:,} {called} in {len({path.stem.split('.')[0] for path in paths})} languages")
    return f"Written so far: {' and '.join(counts)}." if counts else ""


def _text(measured: Measured) -> tuple[list[str], list[str]]:
    figures, weak = [], []
    names, foreign = one_set(measured.names, HAND), one_set(measured.names, FOREIGN)
    if names:
        figures.append(f"names overlap F1 {overlap_rates(names.judged).f1:.3f}, exact {exact_rates(names.judged).f1:.3f} on the hand set")
        scores = [(language, overlap_rates(names.of(language)).f1) for language in names.languages]
        weak += _weak("names in", lowest(scores))
        weak += _weak("names of type", lowest([(kind, overlap_rates(names.judged, kind).f1) for kind in _types(names)], 1))
    if foreign:
        figures += [f"{overlap_rates(foreign.of(each)).f1:.3f} on Universal NER {each}" for each in foreign.languages]
    domains, kinds = one_set(measured.domains, HAND), one_set(measured.kinds, HAND)
    if domains:
        alarms = false_alarms(domains.judged)
        figures.append(f"domains micro-F1 {label_rates(domains.judged).f1:.3f}")
        figures.append(f"false alarms on {alarms.alarms} of {alarms.texts} texts without a domain")
        weak += _weak("domains", lowest([(label, label_rates(domains.judged, label).f1) for label in labels_of(domains.judged)]))
        alike = {one.known.resembles for one in domains.judged if one.known.resembles}
        shares = [(label, false_alarms(one for one in domains.judged if one.known.resembles == label)) for label in alike]
        worst = sorted((one for one in shares if one[1].alarms), key=lambda one: (-one[1].share, one[0]))[:3]
        if worst:
            weak.append("look-alikes of " + ", ".join(f"{label} ({own.alarms} of {own.texts} raise an alarm)" for label, own in worst))
    if kinds:
        hits = kind_hits(kinds.judged)
        figures.append(f"kinds {hits.accuracy:.3f} right")
        weak += [f"{known} taken for {said} ({count})" for known, said, count in hits.confusions()[:2]]
    return figures, weak


def _language(measured: Measured) -> tuple[list[str], list[str]]:
    own, foreign = one_set(measured.languages, HAND), one_set(measured.languages, FOREIGN)
    figures, weak = [], []
    if own:
        sentences, short = language_hits(own.judged, short=False), language_hits(own.judged, short=True)
        figures += [f"{sentences.accuracy:.3f} of sentences right", f"{short.accuracy:.3f} of short strings"]
        weak += [f"{known} taken for {said} ({count})" for known, said, count in language_hits(own.judged).confusions()[:_FREQUENT]]
    if foreign:
        figures += [f"{language_hits(foreign.of(each)).accuracy:.3f} on Universal NER {each}" for each in foreign.languages]
    return figures, weak


def _chinese(measured: Measured) -> tuple[list[str], list[str]]:
    own = one_set(measured.names, FOREIGN, LAC)
    if own is None:
        return [], []
    beside = one_set(measured.names, FOREIGN, MODEL)
    overlap = overlap_rates(own.judged)
    figures = [f"overlap F1 {overlap.f1:.3f}, exact {exact_rates(own.judged).f1:.3f} on Universal NER zh"]
    if beside:
        figures.append(f"the text model beside it {overlap_rates(beside.of(*own.languages)).f1:.3f}")
    return figures, _weak("names of type", lowest([(kind, overlap_rates(own.judged, kind).f1) for kind in _types(own)], 2))


def _types(own: JudgedSet) -> list[str]:
    return sorted({kind for one in own.judged for _, _, kind in one.known.names or ()})


def _weak(what: str, scores: Sequence[tuple[str, float]]) -> list[str]:
    return [f"{what} " + ", ".join(f"{name} (F1 {score:.2f})" for name, score in scores)] if scores else []

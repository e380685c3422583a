"""Label words of a verdict → the marks that a delivery carries beside its text, and how a gateway shows them.

The text itself is never altered, and no label that it carries already is touched (Labelling Measures, Article 10): a mark says what must be
put where, and whoever shows the text puts it. Which labels are due is for the rules to say. A customer with an agreement under Article 9
(mechanism ``art9_unlabelled``) gets no explicit one because its rule does not fire; the rule beside it demands the recipient's record.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from jurisdictions.facts import CONTENT_KINDS
from jurisdictions.lists import LISTS, named_sets, read_yaml
from jurisdictions.pack import Pack, first_problem
from jurisdictions.shape import LABEL, Citation
from schemas.errors import PackError
from schemas.records import DeliveryRecord, Mark

Place = Literal["start", "end", "interface", "metadata"]
Form = Literal["aigc", "statement", "latent"]

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"  # the term of the IPTC, which C2PA uses too
_ENGLISH = "en"
_IS_GENERATED = "1"  # GB 45438-2025, Annex E: 1 is, 2 possibly, 3 suspected


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PutShape(_Shape):
    """Where a label is put, for which kinds of content; metadata have a form, everything else is words."""

    place: Place
    form: Form | None = None
    kinds: list[str] | None = Field(default=None, min_length=1)


class LabelShape(_Shape):
    """One label word, as the file has it."""

    says: str = Field(min_length=8)
    standard: str = Field(min_length=3)
    citation: Citation
    must_contain: list[list[str]] = []
    words: dict[str, str] = {}
    puts: list[PutShape] = []
    tag: bool = False


class ListShape(_Shape):
    """The file of labels."""

    languages: dict[str, str]
    labels: dict[str, LabelShape]


@dataclass(frozen=True, slots=True)
class Put:
    """Where a label is put; ``form`` is empty for words, and ``kinds`` are those of ``CONTENT_KINDS`` that it is put on."""

    place: Place
    form: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Label:
    """One label word, checked.

    Attributes:
        word: As rules have it.
        says: What it means, in one line.
        standard: By which standard the marks are put.
        citation: Where the duty comes from.
        words: By language; English is always there if any are.
        puts: Its marks; none of a tag, whose word in the delivery record is all there is.
    """

    word: str
    says: str
    standard: str
    citation: Citation
    words: Mapping[str, str]
    puts: tuple[Put, ...]

    @property
    def visible(self) -> bool:
        """Whether a reader is to see it."""
        return any(not put.form for put in self.puts)


@dataclass(frozen=True, slots=True)
class LabelList:
    """All labels by word, and the language of the readers of a destination."""

    labels: Mapping[str, Label]
    languages: Mapping[str, str]

    def words_for(self, label: Label, destination: str) -> str:
        """The wording that readers in a destination get: in their language, else in English."""
        return label.words.get(self.languages.get(destination, _ENGLISH), label.words[_ENGLISH])


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a mark for machines says of where content comes from."""

    producer: str
    produce_id: str
    propagator: str
    propagate_id: str
    system: str
    made_at_ms: int | None


def parse_labels(text: str, file: str) -> LabelList:
    """Read a list of labels.

    Raises:
        PackError: For the first thing that is wrong; the message names file, label and reason.
    """
    try:
        shape = ListShape.model_validate(read_yaml(text))
    except ValidationError as error:
        raise PackError(f"{file}: {first_problem(error)}") from error
    except PackError as error:
        raise PackError(f"{file}: {error.detail}") from error
    if strange := sorted(set(shape.languages) - named_sets()["ISO_3166_1"]):
        raise PackError(f"{file}: languages: {strange[0]!r} is no ISO 3166-1 code")
    for word, entry in shape.labels.items():
        if reason := _refusal(word, entry):
            raise PackError(f"{file}: {word}: {reason}")
    return LabelList({word: _label(word, entry) for word, entry in shape.labels.items()}, shape.languages)


@lru_cache(maxsize=1)
def bundled_labels() -> LabelList:
    """The labels of this release."""
    file = "labels.v1.yaml"
    return parse_labels((LISTS / file).read_text("utf-8"), file)


def check_labels(packs: Iterable[Pack], labels: LabelList | None = None) -> None:
    """Refuse packs that ask for a label that nobody knows how to put.

    Args:
        packs: Also those of overlays.
        labels: Those of this release if none are given.

    Raises:
        PackError: With pack, rule and word of the first such.
    """
    known = (bundled_labels() if labels is None else labels).labels
    for pack in packs:
        for rule in pack.rules:
            for word in rule.labels:
                if word not in known:
                    raise PackError(f"{pack.name}: {rule.id}: label {word!r} is not in lists/labels.v1.yaml, so nobody would put it")


def marks_of(
    labels: Sequence[str],
    *,
    destination: str,
    kind: str,
    is_first: bool,
    is_last: bool,
    producer: str,
    produce_id: str,
    propagator: str,
    propagate_id: str,
    system: str = "",
    made_at_ms: int | None = None,
) -> tuple[Mark, ...]:
    """The marks of one delivery, in the order of the labels and of the list.

    Args:
        labels: Label words of the verdict.
        destination: ISO 3166-1 code; it picks the language.
        kind: One of ``CONTENT_KINDS``.
        is_first: Nothing of the stream was delivered before.
        is_last: Nothing follows.
        producer: Name or code of who runs the model.
        produce_id: Number of the content: the stream's id.
        propagator: Name or code of who delivers it.
        propagate_id: Number of the delivery, under which the signed ledger has its record.
        system: Name and version of the model; of use in California alone.
        made_at_ms: When the content was made, in milliseconds since the Unix epoch; the same.

    Raises:
        PackError: A label is not in the list, or a mark for machines lacks something that its standard demands.
    """
    plan = _planned(tuple(labels), destination, kind, is_first, is_last)
    if plan.ready:
        return plan.ready
    origin = _Origin(producer, produce_id, propagator, propagate_id, system, made_at_ms)
    return tuple(
        Mark(label.word, label.standard, put.place, _STATEMENTS[put.form](label, origin) if put.form else words)
        for label, put, words in plan.puts
    )


def render(deliveries: Iterable[DeliveryRecord]) -> str:
    """The deliveries of one stream as plain text with its labels, each on a line of its own; see ``pieces``."""
    return "".join(piece.text for piece in pieces(deliveries))


@dataclass(frozen=True, slots=True)
class Piece:
    """Something to show: text of a delivery as it is, or a label around it."""

    text: str
    is_label: bool


def pieces(deliveries: Iterable[DeliveryRecord]) -> Iterator[Piece]:
    """Show the deliveries of one stream one by one, as a gateway for plain text may: the reference for what marks mean.

    A label stands before the first text that it is put on, once: by its mark ``start``, or by its mark ``interface`` where the stream was
    under way already or the standard asks for no other. The mark ``end`` stands behind the last text.

    Args:
        deliveries: Of one stream, in the order of the topic.
    """
    shown: set[tuple[str, str]] = set()
    at_line_start = True
    for delivery in deliveries:
        before = [mark for mark in delivery.marks if mark.place in {"start", "interface"}] if delivery.text else []
        for mark in before:
            if (mark.label, mark.content) not in shown:
                shown.add((mark.label, mark.content))
                yield _line(mark, at_line_start=at_line_start)
                at_line_start = True
        if delivery.text:
            yield Piece(delivery.text, is_label=False)
            at_line_start = delivery.text.endswith("\n")
        for mark in delivery.marks:
            if mark.place == "end" and (mark.label, mark.content) in shown:
                yield _line(mark, at_line_start=at_line_start)
                at_line_start = True


def _line(mark: Mark, *, at_line_start: bool) -> Piece:
    return Piece(f"{'' if at_line_start else chr(10)}[{mark.content}]\n", is_label=True)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is put on a delivery; ``ready`` are the marks themselves where they say nothing of the single delivery."""

    puts: tuple[tuple[Label, Put, str], ...]
    ready: tuple[Mark, ...]


@lru_cache(maxsize=4096)
def _planned(labels: tuple[str, ...], destination: str, kind: str, is_first: bool, is_last: bool) -> _Plan:
    known = bundled_labels()
    puts: list[tuple[Label, Put, str]] = []
    for word in labels:
        label = known.labels.get(word)
        if label is None:
            raise PackError(f"label {word!r} is not in lists/labels.v1.yaml")
        words = known.words_for(label, destination) if label.visible else ""
        due = {"start": is_first, "end": is_last, "interface": True, "metadata": True}
        puts += [(label, put, words) for put in label.puts if kind in put.kinds and due[put.place]]
    if any(put.form for _, put, _ in puts):
        return _Plan(tuple(puts), ())
    return _Plan(tuple(puts), tuple(Mark(label.word, label.standard, put.place, words) for label, put, words in puts))


def _aigc(label: Label, origin: _Origin) -> str:
    """The value of the metadata key ``AIGC`` (GB 45438-2025, Annex E); the reserved codes are for signatures of files."""
    fields = {
        "Label": _IS_GENERATED,
        "ContentProducer": origin.producer,
        "ProduceID": origin.produce_id,
        "ReservedCode1": "",
        "ContentPropagator": origin.propagator,
        "PropagateID": origin.propagate_id,
        "ReservedCode2": "",
    }
    return _json(label, fields, ("ContentProducer", "ProduceID", "ContentPropagator", "PropagateID"))


def _statement(label: Label, origin: _Origin) -> str:
    """A statement that content is generated, and under which number the signed ledger knows it: no standard fixes its form for raw text."""
    fields = {
        "ai_generated": True,
        "digitalSourceType": GENERATED,
        "producer": origin.producer,
        "content_id": origin.produce_id,
        "distributor": origin.propagator,
        "delivery_id": origin.propagate_id,
    }
    return _json(label, fields, ("producer", "content_id", "delivery_id"))


def _latent(label: Label, origin: _Origin) -> str:
    """Name of the provider, system and version, time, and a unique identifier (Cal. BPC 22757.3(b))."""
    made = "" if origin.made_at_ms is None else dt.datetime.fromtimestamp(origin.made_at_ms / 1000, dt.UTC).isoformat(timespec="seconds")
    fields = {
        "ai_generated": True,
        "digitalSourceType": GENERATED,
        "provider": origin.producer,
        "system": origin.system,
        "created": made,
        "content_id": origin.propagate_id,
    }
    return _json(label, fields, ("provider", "system", "created", "content_id"))


_STATEMENTS = {"aigc": _aigc, "statement": _statement, "latent": _latent}


def _json(label: Label, fields: Mapping[str, object], demanded: Iterable[str]) -> str:
    for name in demanded:
        if not fields[name]:
            raise PackError(f"label {label.word}: {label.standard} demands {name}, which is empty")
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _refusal(word: str, entry: LabelShape) -> str:
    """Why an entry is refused; empty if it is not."""
    spoken = any(put.form is None for put in entry.puts)
    lacking = next(
        (
            f"{language}: {group}"
            for language, wording in entry.words.items()
            for group in entry.must_contain
            if not any(part in wording for part in group)
        ),
        "",
    )
    kinds = {kind for put in entry.puts for kind in put.kinds or ()}
    demands = (
        (LABEL.fullmatch(word) is not None, "not of the form area.name"),
        (entry.tag != bool(entry.puts), "either a tag or something to put, not both and not neither"),
        (
            all((put.place == "metadata") == (put.form is not None) for put in entry.puts),
            "a form goes with metadata, and metadata with a form",
        ),
        (spoken == bool(entry.words), "words go with a place that readers see, and such a place with words"),
        (not entry.words or _ENGLISH in entry.words, "no English words, which stand in for every language without its own"),
        (not any("\n" in wording or not wording.strip() for wording in entry.words.values()), "words are one line"),
        (not lacking, f"a wording without one of the words demanded: {lacking}"),
        (kinds <= CONTENT_KINDS, f"unknown kinds of content: {sorted(kinds - CONTENT_KINDS)}"),
    )
    return next((reason for met, reason in demands if not met), "")


def _label(word: str, entry: LabelShape) -> Label:
    puts = tuple(Put(put.place, put.form or "", CONTENT_KINDS if put.kinds is None else frozenset(put.kinds)) for put in entry.puts)
    return Label(word, entry.says, entry.standard, entry.citation, entry.words, puts)

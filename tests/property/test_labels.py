"""A label is put around a text, never into it, and never left out."""

from hypothesis import given
from hypothesis import strategies as st

from jurisdictions.facts import CONTENT_KINDS
from jurisdictions.labels import bundled_labels, marks_of, pieces, render
from schemas.records import DeliveryRecord, EvidenceRef, HoldBack, Mark
from tests.strategies import texts

LABELS = bundled_labels().labels
EVIDENCE = EvidenceRef(0, 0, bytes(32), bytes(16))
words = st.lists(st.sampled_from(sorted(LABELS)), unique=True, max_size=5)
places = st.sampled_from(["SG", "CN", "DE", "KR", "VN", "IN", "US", "ZZ", ""])


def marks_for(labels: list[str], destination: str, kind: str = "text", *, first: bool, last: bool) -> tuple[Mark, ...]:
    return marks_of(
        labels,
        destination=destination,
        kind=kind,
        is_first=first,
        is_last=last,
        producer="p",
        produce_id="s",
        propagator="q",
        propagate_id="s:0",
        system="m 1",
        made_at_ms=0,
    )


@st.composite
def streams(draw: st.DrawFn) -> list[tuple[list[str], DeliveryRecord]]:
    """Deliveries of one stream, some without text, each with labels of its own."""
    destination = draw(places)
    parts = draw(st.lists(st.tuples(texts(), words), max_size=6))
    return [
        (
            labels,
            DeliveryRecord(
                delivery_id=f"s:{number}",
                stream_id="s",
                segment_index=number,
                customer_id="c",
                destination=destination,
                text=text,
                sequence_from=number,
                sequence_to=number,
                action="label",
                rule_ids=(),
                labels=tuple(labels),
                redactions=(),
                is_last=number == len(parts) - 1,
                evidence=EVIDENCE,
                hold_back=HoldBack(0, 0),
                marks=marks_for(labels, destination, first=number == 0, last=number == len(parts) - 1),
            ),
        )
        for number, (text, labels) in enumerate(parts)
    ]


@given(streams())
def test_what_is_shown_without_the_labels_is_the_text_to_the_last_character(stream: list[tuple[list[str], DeliveryRecord]]) -> None:
    deliveries = [delivery for _, delivery in stream]
    shown = list(pieces(deliveries))
    assert "".join(piece.text for piece in shown if not piece.is_label) == "".join(delivery.text for delivery in deliveries)
    assert render(deliveries) == "".join(piece.text for piece in shown)


@given(streams())
def test_a_visible_label_comes_before_the_first_text_that_it_is_put_on(stream: list[tuple[list[str], DeliveryRecord]]) -> None:
    before: list[str] = []
    rest = list(pieces(delivery for _, delivery in stream))
    for labels, delivery in stream:
        if not delivery.text:
            continue
        while rest[0].is_label:
            before.append(rest.pop(0).text)
        assert rest.pop(0).text == delivery.text
        for label in labels:
            if LABELS[label].visible:
                wording = bundled_labels().words_for(LABELS[label], delivery.destination)
                assert any(wording in shown for shown in before)


@given(words, places, st.sampled_from(sorted(CONTENT_KINDS)), st.booleans(), st.booleans())
def test_no_label_but_a_tag_goes_without_a_mark_on_any_delivery(
    labels: list[str], destination: str, kind: str, first: bool, last: bool
) -> None:
    put = {mark.label for mark in marks_for(labels, destination, kind, first=first, last=last)}
    assert put == {label for label in labels if LABELS[label].puts}
    assert all(mark.content and mark.standard for mark in marks_for(labels, destination, kind, first=first, last=last))

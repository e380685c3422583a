"""The label of generated content: written where GB 45438-2025 and its guides say, read from there, never taken away."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from detectors.pictures.decode import Decoded, decode, encode
from detectors.pictures.labels import AigcLabel, attachments, find_label, find_source_type, merged, parse_label
from detectors.pictures.limits import DEFAULT_LIMITS

KINDS = ("PNG", "JPEG", "WEBP")
PRODUCED = AigcLabel(label="1", producer="001191310000EXAMPLE", produce_id="c-2026-1", reserved_producer="sig")
PASSED_ON = AigcLabel(propagator="001191440300EXAMPLE", propagate_id="p-9")
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
AIGC = '{"Label":"2","ContentProducer":"Ex & Co","ProduceID":"<7>"}'


def labelled(kind: str, label: AigcLabel | None, source_type: str = "") -> bytes:
    return encode(Image.new("RGB", (16, 16)), kind, attachments(label, source_type, kind))


def read(picture: bytes) -> Decoded:
    return decode(picture, DEFAULT_LIMITS)


def xmp_of(packet: str) -> Decoded:
    return Decoded(Image.new("RGB", (1, 1)), "PNG", {}, packet.encode(), b"")


@pytest.mark.parametrize("kind", KINDS)
def test_a_label_that_is_written_is_read_again(kind: str) -> None:
    assert find_label(read(labelled(kind, PRODUCED))) == PRODUCED


def test_png_carries_the_seven_fields_as_json_in_a_text_chunk() -> None:
    picture = labelled("PNG", PRODUCED)
    assert b"tEXtAIGC\x00{" in picture
    with Image.open(io.BytesIO(picture)) as image:
        assert list(json.loads(image.text["AIGC"])) == [  # type: ignore[attr-defined]
            "Label",
            "ContentProducer",
            "ProduceID",
            "ReservedCode1",
            "ContentPropagator",
            "PropagateID",
            "ReservedCode2",
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_carries_the_label_in_xmp_too(kind: str) -> None:
    decoded = read(labelled(kind, PRODUCED))
    assert b'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"' in decoded.xmp
    assert find_label(Decoded(decoded.image, kind, {}, decoded.xmp, b"")) == PRODUCED


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_exif_carries_the_label_in_the_user_comment(kind: str) -> None:
    decoded = read(labelled(kind, PRODUCED))
    assert find_label(Decoded(decoded.image, kind, {}, b"", decoded.comment)) == PRODUCED


def test_xmp_written_as_an_attribute_is_read() -> None:
    escaped = AIGC.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    label = find_label(
        xmp_of(
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
            f'xmlns:T="http://www.tc260.org.cn/ns/AIGC/1.0/" T:AIGC="{escaped}"/></rdf:RDF></x:xmpmeta>'
        )
    )
    assert label == AigcLabel("2", "Ex & Co", "<7>")


def test_xmp_with_entities_of_its_own_is_not_read() -> None:
    packet = (
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><x:xmpmeta xmlns:x="adobe:ns:meta/"><T:AIGC '
        f'xmlns:T="http://www.tc260.org.cn/ns/AIGC/1.0/">{AIGC.replace("&", "").replace("<", "")}</T:AIGC></x:xmpmeta>'
    )
    assert find_label(xmp_of(packet)) is None
    assert find_label(xmp_of(packet[packet.index("<x:") :])) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"Labels":"1"}', "[" * 5000, '{"Label":"' + "1" * 9000 + '"}'])
def test_what_is_no_label_is_not_taken_for_one(text: str) -> None:
    assert parse_label(text) is None


def test_a_label_under_its_key_and_a_number_for_a_word_are_read() -> None:
    assert parse_label('{"AIGC":{"Label":1,"ContentProducer":"x"}}') == AigcLabel("1", "x")


def test_who_passes_it_on_is_added_and_nothing_that_stands_is_changed() -> None:
    both = merged(PRODUCED, PASSED_ON)
    assert both == AigcLabel("1", "001191310000EXAMPLE", "c-2026-1", "sig", "001191440300EXAMPLE", "p-9", "")
    assert merged(both, AigcLabel("3", "other", "other", propagator="other")) == both


def test_a_picture_without_a_label_gets_ours_and_one_with_a_label_keeps_it_without_ours() -> None:
    assert merged(None, PRODUCED) == PRODUCED
    assert merged(PRODUCED, None) == PRODUCED
    assert merged(None, None) is None


def test_fields_that_the_norm_does_not_know_survive() -> None:
    label = parse_label('{"Label":"1","ContentProducer":"x","SecurityData":{"Alg":"SM2"}}')
    assert label is not None
    again = parse_label(label.as_json())
    assert again == label
    assert json.loads(label.as_json())["SecurityData"] == {"Alg": "SM2"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_digital_source_type_of_iptc_is_kept(kind: str) -> None:
    assert find_source_type(read(labelled(kind, None, TRAINED))) == TRAINED


def test_a_source_type_that_is_not_of_the_list_is_not_kept() -> None:
    assert find_source_type(read(labelled("PNG", None, "call 13812345678"))) == ""


def test_a_label_in_chinese_letters_is_read_from_a_chunk() -> None:
    chunks = PngInfo()
    chunks.add_itxt("AIGC", '{"Label":"1","ContentProducer":"示例公司"}')
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG", pnginfo=chunks)
    label = find_label(read(out.getvalue()))
    assert label is not None
    assert find_label(read(labelled("PNG", label))) == AigcLabel("1", "示例公司")

"""The implicit label of generated content, as China prescribes it: read, kept, extended and written.

Source: GB 45438-2025 Annex E (metadata key ``AIGC``, a JSON object of seven fields); TC260-PG-20259A for where it stands in pictures: PNG
chunk ``tEXt`` with the key AIGC, XMP property ``TC260:AIGC``, EXIF user comment. Labelling Measures Art. 10: a label is not taken away.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from detectors.pictures.decode import Attachments, Decoded

KEY = "AIGC"
NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
# IPTC's code list of digital source types: the label that the rest of the world writes.
_SOURCE_TYPE = re.compile(r"https?://cv\.iptc\.org/newscodes/digitalsourcetype/[A-Za-z]{1,64}")
_PACKET_BYTES_MAX = 256 << 10
_LABEL_CHARS_MAX = 8 << 10
_ASCII_CODE = b"ASCII\x00\x00\x00"  # EXIF 2.32, 4.6.5: how the user comment is written
_FIELDS = (
    ("Label", "label"),
    ("ContentProducer", "producer"),
    ("ProduceID", "produce_id"),
    ("ReservedCode1", "reserved_producer"),
    ("ContentPropagator", "propagator"),
    ("PropagateID", "propagate_id"),
    ("ReservedCode2", "reserved_propagator"),
)


@dataclass(frozen=True, slots=True)
class AigcLabel:
    """One label.

    Attributes:
        label: ``1`` is generated, ``2`` possibly, ``3`` suspected.
        producer: Name or code of who generated the content.
        produce_id: The producer's number of the content.
        reserved_producer: The producer's own, such as a signature.
        propagator: Name or code of who passes it on.
        propagate_id: The propagator's number of the content.
        reserved_propagator: The propagator's own.
        further: Other fields of a label that was found, by name, each as JSON.
    """

    label: str = "1"
    producer: str = ""
    produce_id: str = ""
    reserved_producer: str = ""
    propagator: str = ""
    propagate_id: str = ""
    reserved_propagator: str = ""
    further: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> str:
        """Return the seven fields, and further ones, as a JSON object in ASCII."""
        fields = {key: getattr(self, attribute) for key, attribute in _FIELDS} | {key: json.loads(value) for key, value in self.further}
        return json.dumps(fields, separators=(",", ":"))

    def extended(self, ours: AigcLabel) -> AigcLabel:
        """Return this label with what it does not say yet about who passes it on; nothing that stands there is changed."""
        if self.propagator or self.propagate_id:
            return self
        return replace(
            self,
            propagator=ours.propagator,
            propagate_id=ours.propagate_id,
            reserved_propagator=self.reserved_propagator or ours.reserved_propagator,
        )


def parse_label(text: str) -> AigcLabel | None:
    """Return the label that a text holds, bare or under the key ``AIGC``; None if it holds none."""
    if len(text) > _LABEL_CHARS_MAX:
        return None
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(tree, dict) and isinstance(tree.get(KEY), dict):
        tree = tree[KEY]
    if not isinstance(tree, dict) or "Label" not in tree:
        return None
    known = {attribute: _word(tree.get(key, "")) for key, attribute in _FIELDS}
    names = {key for key, _ in _FIELDS}
    return AigcLabel(**known, further=tuple((str(key), json.dumps(value)) for key, value in tree.items() if key not in names))


def find_label(decoded: Decoded) -> AigcLabel | None:
    """Return the label of a picture, wherever it stands: PNG chunk, XMP, EXIF in this order."""
    comment = decoded.comment
    text = comment[len(_ASCII_CODE) :] if comment[:5] in {b"ASCII", b"UNICO", b"\0\0\0\0\0"} else comment
    spoken = text.decode("utf-16" if comment.startswith(b"UNICODE") else "utf-8", "replace").strip("\0 ")
    for place in (decoded.texts.get(KEY, ""), _property(decoded.xmp, NAMESPACE, KEY), spoken):
        label = parse_label(place) if place else None
        if label is not None:
            return label
    return None


def find_source_type(decoded: Decoded) -> str:
    """Return IPTC's digital source type of a picture, or an empty string."""
    found = _property(decoded.xmp, _IPTC, "DigitalSourceType")
    return found if _SOURCE_TYPE.fullmatch(found) else ""


def merged(found: AigcLabel | None, ours: AigcLabel | None) -> AigcLabel | None:
    """Return the label to write: the one found, extended by ours; or ours alone."""
    if found is None or ours is None:
        return found or ours
    return found.extended(ours)


def attachments(label: AigcLabel | None, source_type: str, kind: str) -> Attachments:
    """Return what is written beside the pixels of a format to carry a label and a digital source type."""
    packet = _packet(label, source_type)
    if label is None:
        return Attachments({}, packet)
    if kind == "PNG":
        return Attachments({KEY: label.as_json()}, packet)
    return Attachments({}, packet, _ASCII_CODE + json.dumps({KEY: json.loads(label.as_json())}, separators=(",", ":")).encode("ascii"))


def _packet(label: AigcLabel | None, source_type: str) -> bytes:
    """Return an XMP packet (ISO 16684-1) with these two properties; empty without either."""
    properties = f"<TC260:{KEY}>{escape(label.as_json())}</TC260:{KEY}>" if label is not None else ""
    if source_type:
        properties += f"<Iptc4xmpExt:DigitalSourceType>{escape(source_type)}</Iptc4xmpExt:DigitalSourceType>"
    if not properties:
        return b""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{_RDF}"><rdf:Description rdf:about="" xmlns:TC260="{NAMESPACE}" xmlns:Iptc4xmpExt="{_IPTC}">'
        f'{properties}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _property(packet: bytes, namespace: str, name: str) -> str:
    """Return a simple property of an XMP packet, written as an element or as an attribute; empty if it is not there.

    A packet with a document type is not read: entities of its own are all that makes XML dangerous.
    """
    if not packet or len(packet) > _PACKET_BYTES_MAX or b"<!" in packet:
        return ""
    start, end = packet.find(b"<x:xmpmeta"), packet.rfind(b"</x:xmpmeta>")
    if start < 0 or end < start:
        return ""
    try:
        tree = ET.fromstring(packet[start : end + len(b"</x:xmpmeta>")])  # noqa: S314  no document type, bounded
    except ET.ParseError:
        return ""
    wanted = f"{{{namespace}}}{name}"
    for node in tree.iter():
        if node.tag == wanted:
            return "".join(node.itertext()).strip()
        if wanted in node.attrib:
            return node.attrib[wanted].strip()
    return ""


def _word(value: object) -> str:
    """Return a field of a label as text: strings as they are, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

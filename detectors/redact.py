"""Findings that overlap become one list without overlaps, and their characters are replaced by what the policy writes for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from detectors.finding import Finding
from detectors.redaction.keys import RedactionKeys
from detectors.redaction.modes import stand_in
from detectors.redaction.policy import Policy
from schemas.errors import InvariantError
from schemas.records import Redaction

Writer = Callable[[Finding, str, bool], str]


def resolve_overlaps(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings that are disjoint, sorted, and cover every character that any of the given ones covers.

    Findings that overlap, directly or through a chain of others, become one: it spans them all and is in all else the winner among them.
    The winner has the highest score; then is the longest; then begins first; then has the alphabetically first type (then recogniser).
    Findings that only touch stay apart. The order of the argument does not matter, and resolving again changes nothing.

    Raises:
        InvariantError: A finding is empty or reversed.
    """
    resolved: list[Finding] = []
    cluster: list[Finding] = []
    cluster_end = 0
    for finding in sorted(findings):
        if finding.start >= finding.end:
            raise InvariantError(f"finding of type {finding.entity_type} spans [{finding.start}, {finding.end})")
        if cluster and finding.start >= cluster_end:
            resolved.append(_merge(cluster, cluster_end))
            cluster = []
        cluster_end = max(cluster_end, finding.end) if cluster else finding.end
        cluster.append(finding)
    if cluster:
        resolved.append(_merge(cluster, cluster_end))
    return tuple(resolved)


def redact(text: str, text_start: int, findings: Iterable[Finding], write: Writer | None = None) -> tuple[str, tuple[Redaction, ...]]:
    """Return the text with each finding replaced, by its type as ``<PHONE_NUMBER>`` if nothing else is asked, and where that stands.

    Args:
        text: A segment of a stream.
        text_start: The code point of the stream at which the segment begins.
        findings: What to take out, with offsets from the start of the stream; they may overlap (see ``resolve_overlaps``).
        write: Returns what to write for a finding, its text, and whether one finding alone spans it.

    Returns:
        The new text, and its redactions in order, with offsets from the start of the new text.

    Raises:
        InvariantError: A finding does not lie inside the segment: to redact a part of it would let the rest through.
    """
    pieces: list[str] = []
    redactions: list[Redaction] = []
    kept_to = 0
    written = 0
    given = tuple(findings)
    spans = {(each.start, each.end, each.entity_type) for each in given}
    for finding in resolve_overlaps(given):
        start, end = finding.start - text_start, finding.end - text_start
        if start < 0 or end > len(text):
            raise InvariantError(f"finding [{finding.start}, {finding.end}) is not inside [{text_start}, {text_start + len(text)})")
        exact = (finding.start, finding.end, finding.entity_type) in spans
        replacement = write(finding, text[start:end], exact) if write else f"<{finding.entity_type}>"
        pieces += (text[kept_to:start], replacement)
        written += start - kept_to
        redactions.append(Redaction(finding.entity_type, written, written + len(replacement)))
        written += len(replacement)
        kept_to = end
    pieces.append(text[kept_to:])
    return "".join(pieces), tuple(redactions)


def redact_text(
    text: str,
    findings: Iterable[Finding],
    policy: Policy,
    keys: RedactionKeys,
    destination: str,
    *,
    text_start: int = 0,
    language: str = "",
) -> tuple[str, tuple[Redaction, ...]]:
    """Return the text with each finding written as the policy says for its type and destination, and where that stands.

    The same arguments give the same text, in every process and at every replay.

    Args:
        text: A whole text, or a segment of a stream.
        findings: What to take out, with offsets from the start of the stream; they may overlap.
        policy: From ``detectors.redaction.policy.load_policy``.
        keys: Of the stream and its customer (``detectors.redaction.keys.derive_keys``).
        destination: ISO 3166-1 code of where the text goes.
        text_start: The code point of the stream at which the text begins.
        language: Of the text, for policies whose labels follow it.

    Raises:
        InvariantError: A finding does not lie inside the text.
    """

    def write(finding: Finding, value: str, exact: bool) -> str:
        return stand_in(policy, keys, destination, language, finding.entity_type, value, exact=exact)

    return redact(text, text_start, findings, write)


def _merge(cluster: list[Finding], end: int) -> Finding:
    """Return the winner of findings that overlap, stretched over all of them; the cluster is sorted by start."""
    winner = min(cluster, key=lambda each: (-each.score, each.start - each.end, each.start, each.entity_type, each.recognizer))
    return replace(winner, start=cluster[0].start, end=end)

"""Entries as OCSF: a decision, a review and a dead letter are Compliance Findings, each thing that was found is a Detection Finding.

Source: Open Cybersecurity Schema Framework 1.5.0, ``finding``, ``compliance_finding`` (2003) and ``detection_finding`` (2004). What later
1.x versions deprecate is not used, and what earlier ones demand is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from console.export_tables import Leaf, Row, Source, rows
from streams.names import AUDIT

OCSF_VERSION: Final = "1.5.0"
FILE_NAME: Final = "findings.jsonl"
COMPLIANCE, DETECTION = 2003, 2004

_CLASSES: Final = {COMPLIANCE: "Compliance Finding", DETECTION: "Detection Finding"}
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_ACTIVITIES: Final = {_CREATE: "Create", _UPDATE: "Update", _CLOSE: "Close"}
_SEVERITIES: Final = {0: "Unknown", 1: "Informational", 2: "Low", 3: "Medium", 4: "High"}
_SEVERITY_OF: Final = {"release": 1, "label": 1, "redact": 2, "hold": 3, "block": 4}
_NEW, _IN_PROGRESS, _RESOLVED = 1, 2, 4
_STATUSES: Final = {_NEW: "New", _IN_PROGRESS: "In Progress", _RESOLVED: "Resolved"}
_PASS, _WARNING, _FAIL = 1, 2, 3
_VERDICTS: Final = {_PASS: "Pass", _WARNING: "Warning", _FAIL: "Fail"}
_CONFIDENCES: Final = ((0.85, 3, "High"), (0.5, 2, "Medium"), (0.0, 1, "Low"))
_OTHER: Final = 99
_AS_IT_CAME: Final = frozenset({"release", "label"})


def ocsf_lines(product_version: str) -> Callable[[Source], Iterator[tuple[str, str]]]:
    """Return what turns an entry into its lines; stamps, checkpoints and usage are none of OCSF's findings and have no line.

    Args:
        product_version: Version of Carnet that exports.
    """

    def lines(source: Source) -> Iterator[tuple[str, str]]:
        if not isinstance(source, Leaf):
            return
        for table, row in rows(source):
            make = _MAKERS.get(table)
            if make is not None:
                finding = make(row, source.entry.decided_at_ms, product_version)
                yield FILE_NAME, json.dumps(finding, ensure_ascii=False, separators=(",", ":"))

    return lines


def _finding(
    row: Row,
    at_ms: int,
    product_version: str,
    *,
    class_uid: int,
    info: Row,
    severity_id: int,
    status_id: int,
    resource: str,
    activity_id: int = _CREATE,
    suffix: str = "",
) -> Row:
    """Return what both classes have; ``row`` goes to ``unmapped`` as it is."""
    place = f"{row['partition']}:{row['entry_index']}"
    return {
        "activity_id": activity_id,
        "activity_name": _ACTIVITIES[activity_id],
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": class_uid,
        "class_name": _CLASSES[class_uid],
        "type_uid": class_uid * 100 + activity_id,
        "type_name": f"{_CLASSES[class_uid]}: {_ACTIVITIES[activity_id]}",
        "severity_id": severity_id,
        "severity": _SEVERITIES[severity_id],
        "status_id": status_id,
        "status": _STATUSES[status_id],
        "time": at_ms,
        "message": info["title"],
        "metadata": {
            "version": OCSF_VERSION,
            "product": {"name": "Carnet", "vendor_name": "Carnet", "version": product_version},
            "log_name": AUDIT,
            "uid": place + suffix,
        },
        "finding_info": {**info, "created_time": at_ms},
        "resources": [{"uid": resource, "type": "text delivery" if "delivery_id" in row else "record"}],
        "unmapped": row,
    }


def _decision(row: Row, at_ms: int, product_version: str) -> Row:
    action = row["action"]
    verdict = _WARNING if row["error_code"] else _PASS if action in _AS_IT_CAME else _FAIL
    info = {
        "uid": row["delivery_id"],
        "uid_alt": f"{row['partition']}:{row['entry_index']}",
        "title": f"Text to {row['destination']}: {action}",
        "types": [action],
    }
    found = _finding(
        row,
        at_ms,
        product_version,
        class_uid=COMPLIANCE,
        info=info,
        severity_id=_SEVERITY_OF.get(action, 0),
        status_id=_NEW if action == "hold" else _RESOLVED,
        resource=row["delivery_id"],
    )
    return {**found, "compliance": _compliance(verdict, ["Carnet rule packs"], row["rules"], row["error_code"])}


def _review(row: Row, at_ms: int, product_version: str) -> Row:
    held = row["held_delivery_id"]
    place = f"{row['partition']}:{row['held_entry_index']}"
    info = {"uid": held or place, "title": f"Held text: {row['verdict']}", "types": [row["verdict"]]}
    found = _finding(
        row,
        at_ms,
        product_version,
        class_uid=COMPLIANCE,
        info=info if held else {**info, "uid_alt": place},
        severity_id=1,
        status_id=_RESOLVED if held else _IN_PROGRESS,
        resource=held or place,
        activity_id=_CLOSE if held else _UPDATE,
        suffix=f":{held}" if held else "",
    )
    verdict = _PASS if row["verdict"] == "approve" else _WARNING if held is None else _FAIL
    return {**found, "compliance": _compliance(verdict, ["Carnet review"], [], row["reason"])}


def _dead_letter(row: Row, at_ms: int, product_version: str) -> Row:
    place = f"{row['topic']}:{row['partition']}:{row['inbound_offset']}"
    found = _finding(
        row,
        at_ms,
        product_version,
        class_uid=COMPLIANCE,
        info={"uid": place, "title": f"Record set aside: {row['code']}", "types": ["dead_letter"]},
        severity_id=3,
        status_id=_NEW,
        resource=place,
    )
    return {**found, "compliance": _compliance(_WARNING, ["Carnet wire contract"], [], row["code"])}


def _compliance(verdict: int, standards: list[str], requirements: list[str], code: str) -> Row:
    known: Row = {"standards": standards, "status_id": verdict, "status": _VERDICTS[verdict]}
    if requirements:
        known |= {"control": requirements[0], "requirements": requirements}
    return {**known, "status_code": code} if code else known


def _detection(row: Row, at_ms: int, product_version: str) -> Row:
    number, score = row["finding_index"], row["score"]
    info: dict[str, Any] = {
        "uid": f"{row['delivery_id']}:{number}",
        "title": f"{row['entity_type']} ({row['provenance']}) in text to {row['destination']}",
        "types": [row["entity_type"]],
        "analytic": {"name": row["recognizer"], "type_id": _OTHER, "type": "Recogniser"},
        "related_events": [{"uid": f"{row['partition']}:{row['entry_index']}", "type_uid": COMPLIANCE * 100 + _CREATE}],
    }
    found = _finding(
        row,
        at_ms,
        product_version,
        class_uid=DETECTION,
        info=info,
        severity_id=_SEVERITY_OF.get(row["action"], 0),
        status_id=_NEW if row["action"] == "hold" else _RESOLVED,
        resource=row["delivery_id"],
        suffix=f":{number}",
    )
    _, confidence_id, confidence = next((known for known in _CONFIDENCES if score >= known[0]), _CONFIDENCES[-1])
    return {**found, "confidence_id": confidence_id, "confidence": confidence, "confidence_score": round(100 * score)}


_MAKERS: Final[dict[str, Callable[[Row, int, str], Row]]] = {
    "decisions": _decision,
    "findings": _detection,
    "reviews": _review,
    "dead_letters": _dead_letter,
}

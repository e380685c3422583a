"""The shape of a pack file: every key that may stand in it, its type, and the words that duties are made of.

A key that is not here is refused: a rule that silently never fires is worse than a worker that does not start.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Action = Literal["release", "label", "redact", "hold", "block"]

ACTIONS: tuple[Action, ...] = ("release", "label", "redact", "hold", "block")  # the lattice, from lenient to strict
LABEL = re.compile(r"[a-z]+(?:\.[a-z][a-z_]*)+")
NEEDS_TEXT = frozenset({"release", "block"})
OBLIGATIONS: Mapping[str, str] = {
    "log": "Keep the decision in the ledger",
    "count": "Count the people found towards the yearly totals",
    "evidence": "Keep the proof of provenance: digest of the request, echo match, attestation of isolation",
    "record_recipient": "Keep who received the content",
    "record_transfer": "Keep purpose, manner, scope and recipient of the transfer",
    "notify_customer": "Tell the customer",
    "escalate": "Tell the operator's security or legal officer",
    "expire_content": "Keep copies of the content no longer than the delivery needs; digests stay",
    "impact_assessment": "An impact assessment must be on file",
    "notice_and_consent": "The individuals must have been told and have consented separately",
    "notify_authority": "Tell the authority; with a term, within it",
    "notify_individuals": "Tell the individuals concerned; with a term, within it",
    "file": "File or renew a document with the authority",
    "retain": "Keep the record at least so long",
    "report": "Put it into the report to the authority",
    "minimise": "Transfer no more than the purpose needs",
    "human_review": "A human must be able to look at the decision",
    "explain": "Tell the individual how an automated decision was made",
    "keep_label": "Do not remove or change a label that the content carries",
}
DUTY = re.compile(r"(?P<duty>[a-z_]+)(?::(?P<term>[1-9][0-9]*(?:h|d|wd|m|y)))?")  # notify_authority:72h; wd: working days

_RULE_ID = r"^[A-Z]{2,3}(-[A-Z0-9]+)+$"
_PACK_ID = r"^[a-z][a-z0-9_]*$"
_VERSION = r"^[0-9]+\.[0-9]+\.[0-9]+$"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Citation(_Shape):
    """Where a rule comes from, and how far that was read.

    ``address`` is what was opened (or the best pointer where nothing was); ``official_address`` is where the authority publishes it.
    ``quote`` is a sentence of the provision in the language ``quote_lang``, only where its text was read.
    """

    law: str = Field(min_length=3)
    article: str = Field(min_length=1)
    address: str = Field(min_length=3)
    official_address: str | None = None
    quote: str | None = Field(default=None, min_length=4)
    quote_lang: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    language: str = Field(pattern=r"^[a-z]{2}$")
    accessed: dt.date
    checked: Literal["text", "secondary", "remembered"]
    checked_by: str = Field(min_length=3)


class Validity(_Shape):
    """The days on which a rule or a version of a pack is in force, both inclusive; open where ``until`` is missing."""

    since: dt.date = Field(alias="from")
    until: dt.date | None = Field(default=None, alias="to")

    def has(self, day: dt.date) -> bool:
        """Whether a day is one of them."""
        return self.since <= day and (self.until is None or day <= self.until)

    def meets(self, other: Validity) -> bool:
        """Whether some day is one of both."""
        return (other.until is None or self.since <= other.until) and (self.until is None or other.since <= self.until)


class RedactShape(_Shape):
    """The findings that a redaction covers: by entity type or category, and by provenance."""

    types: list[str] | None = Field(default=None, min_length=1)
    categories: list[str] | None = Field(default=None, min_length=1)
    provenance: list[str] | None = Field(default=None, min_length=1)


class TestShape(_Shape):
    """A rule's own test: facts, and whether it fires."""

    facts: dict[str, Any]
    fires: bool | Literal["unknown"]


class ReviewShape(_Shape):
    """How a human decides a text that a rule holds: until when, when a second pair of eyes is told, whether two must agree.

    Terms are ``<number>h`` or ``<number>d`` of record time; without an answer the text is rejected.
    """

    deadline: str = Field(default="7d", pattern=r"^[1-9][0-9]*[hd]$")
    escalate: str = Field(default="3d", pattern=r"^[1-9][0-9]*[hd]$")
    two_person: bool = False


def milliseconds(term: str) -> int:
    """Return how long a term of a review is: ``36h``, ``7d``."""
    return int(term[:-1]) * {"h": 3_600_000, "d": 86_400_000}[term[-1]]


class RuleShape(_Shape):
    """One rule, as the file has it."""

    id: str = Field(pattern=_RULE_ID)
    title: str = Field(min_length=8)
    citation: Citation
    in_force: Validity
    when: str = Field(min_length=1)
    action: Action | None = None
    redact: RedactShape | None = None
    obligations: list[str] = []
    labels: list[str] = []
    retain: str | None = Field(default=None, pattern=r"^[1-9][0-9]*[dmy]$")
    dpv: str | None = Field(default=None, pattern=r"^dpv(?:-[a-z]+)?:[A-Za-z-]+$")
    review: ReviewShape | None = None
    incident: bool = False
    disputed: str = ""
    note: str = ""
    tests: list[TestShape]


class AssumptionShape(_Shape):
    """A fact that the operator declares."""

    value: Any
    declared_by: str = Field(min_length=3)
    note: str = Field(min_length=3)


class PackShape(_Shape):
    """One pack file; without ``in_force`` its version is in force on every day."""

    id: str = Field(pattern=_PACK_ID)
    version: str = Field(pattern=_VERSION)
    title: str = Field(min_length=3)
    in_force: Validity | None = None
    covers: list[str] = []
    applies: str = "true"
    sets: dict[str, list[str]] = {}
    assume: dict[str, AssumptionShape] = {}
    rules: list[dict[str, Any]] = []


class WaiverShape(_Shape):
    """A rule that does not count for one customer, up to and including a day; without ``from`` it has counted always."""

    id: str = Field(pattern=_RULE_ID)
    rule: str = Field(pattern=_RULE_ID)
    since: dt.date | None = Field(default=None, alias="from")
    until: dt.date
    reason: str = Field(min_length=8)
    granted_by: str = Field(min_length=1)


class OverlayShape(_Shape):
    """One overlay file: what an operator adds for one customer, and what is waived for it."""

    id: str = Field(pattern=_PACK_ID)
    version: str = Field(pattern=_VERSION)
    title: str = Field(min_length=3)
    customer: str = Field(min_length=1)
    sets: dict[str, list[str]] = {}
    rules: list[dict[str, Any]] = []
    waivers: list[WaiverShape] = []

"""The register of legal mechanisms: which documents are on file, and which of them count for a customer, a transfer and a day.

A document that is missing, revoked, expired, another customer's or narrower than the transfer grants nothing, and the answer says why.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Literal

from jurisdictions.lists import canonical_bytes, categories, mechanism_kinds, named_sets
from schemas.codec import Codec
from schemas.errors import PackError, SchemaError
from schemas.records import MechanismOnFile

Direction = Literal["outbound", "inbound"]
Mode = Literal["declared", "register"]

DIRECTIONS: Final = ("outbound", "inbound", "both")
NO_END: Final = dt.date.max

_MEMO_MAX: Final = 4096
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:-]{0,99}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_YEARS_MAX: Final = {"cn_sa": 3, "cn_cert": 3}  # Flow Provisions Art 9; Certification Measures (both by secondary sources)
_FIRST, _LAST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)  # a day outside is a slip of the pen
# Whose law a kind belongs to, and so whose working days count; the others begin with their country's code.
_LAW: Final = {
    "CN": "art4_attest art9_unlabelled contract_necessity emergency ftz_outside_list gba_sc guardian_consent hr_necessity pipia sep_consent"
    " user_agreement vol_exempt",
    "EU": "direct_collection",
    "GB": "uk_addendum uk_idta",
    "SG": "asean_mcc cbpr nric_justified",
}
_LAW_OF: Final = {kind: country for country, kinds in _LAW.items() for kind in kinds.split()}


@dataclass(frozen=True, slots=True)
class InForce:
    """What counts.

    Attributes:
        kinds: Kinds that rules may take as on file.
        ids: The documents behind them, sorted; of a kind that the request merely declared there is none.
        refused: What was named, or stands on file under a kind that was named, and does not count: (id or name, reason), sorted.
            Reasons: ``unknown_id``, ``none_on_file`` (a kind), ``malformed``, ``revoked``, ``other_customer``, ``direction``, ``not_yet``,
            ``expired``, ``destination``, ``category``, ``people_unknown``, ``people_exceeded``.
        conditional: Kinds that count only as long as the categories and the number of people stay within a document's limits, or that do
            not count because they did not.
    """

    kinds: frozenset[str]
    ids: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    conditional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Document:
    """A record, read once.

    Attributes:
        since: Its first day.
        until: Its last day; ``NO_END`` if it has none.
        destinations: To which it is limited; empty: no limit.
        categories: The same.
        problem: Why it is malformed and grants nothing; empty if it is not.
    """

    record: MechanismOnFile
    since: dt.date
    until: dt.date
    destinations: frozenset[str]
    categories: frozenset[str]
    problem: str

    @property
    def is_limited(self) -> bool:
        """Whether it counts only for some categories, or for so many people."""
        return bool(self.categories or self.record.people_max)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is settled before the text is known.

    Attributes:
        settled: What counts or is refused, whatever the text is.
        groups: The documents for one name each, any of which may grant it.
        bounds: Their limits of people, sorted: between two of them the number of people makes no difference.
        answers: By categories, and by the bounds that the people lie between; a cache, no part of the meaning.
    """

    settled: InForce
    groups: tuple[tuple[Document, ...], ...] = ()
    bounds: tuple[int, ...] = ()
    answers: dict[tuple[frozenset[str], int], InForce] = field(default_factory=dict, compare=False, repr=False)


def problem_of(record: MechanismOnFile) -> str:
    """What is wrong with a record, in a line without the content of its fields; empty if nothing is."""
    return read(record).problem


def check(record: MechanismOnFile) -> None:
    """Refuse a record that would grant nothing because it is malformed.

    Raises:
        PackError: With the id and the first thing that is wrong.
    """
    if problem := problem_of(record):
        raise PackError(f"mechanism {record.id if _ID.fullmatch(record.id) else 'of a strange id'}: {problem}")


def law_of(kind: str) -> str:
    """Whose law a kind of mechanism belongs to: ISO 3166-1 alpha-2 code, or ``EU``."""
    return _LAW_OF.get(kind) or kind.partition("_")[0].upper()


def change_of(codec: Codec, key: bytes, value: bytes | None) -> tuple[str, MechanismOnFile | None]:
    """What a record of the compacted topic changes, for ``Register.updated``: the id, and what stands on file under it from now on.

    A tombstone takes the id off the file. So does a value that cannot be read or is no mechanism: what the sender meant is not known, and
    the document that it replaced was to count no longer.
    """
    name = key.decode("utf-8", errors="replace")
    try:
        record = codec.decode(value)
    except SchemaError:
        return name, None
    return name, record if isinstance(record, MechanismOnFile) else None


class Register:
    """The documents on file; never changed, ``updated`` makes another.

    Args:
        records: In the order in which they were written; the newest of an id counts.
    """

    __slots__ = ("_by_kind", "_documents", "_memo", "_version")

    def __init__(self, records: Iterable[MechanismOnFile] = ()) -> None:
        self._documents: dict[str, Document] = {}
        self._memo: dict[tuple[object, ...], _Standing] = {}
        self._by_kind: dict[str, list[Document]] | None = None
        self._version = ""
        self._take((record.id, record) for record in records)

    def updated(self, changes: Iterable[tuple[str, MechanismOnFile | None]]) -> Register:
        """The register after further records, by id; ``None`` is a tombstone and takes the id off the file."""
        later = Register()
        later._documents = dict(self._documents)
        later._take(changes)
        return later

    def _take(self, changes: Iterable[tuple[str, MechanismOnFile | None]]) -> None:
        for name, record in changes:
            self._documents.pop(name, None)
            if record is not None:
                document = read(record)
                self._documents[name] = document if record.id == name else replace(document, problem="its key is not its id")

    @property
    def version(self) -> str:
        """Digest of the whole register, 16 hexadecimal digits: SHA-256 over the newest record of each id, by id."""
        if not self._version:
            content = [asdict(document.record) for document in self.documents]
            self._version = hashlib.sha256(canonical_bytes(content)).hexdigest()[:16]
        return self._version

    @property
    def documents(self) -> tuple[Document, ...]:
        """The newest of each id, by id; revoked and malformed ones too."""
        return tuple(self._documents[name] for name in sorted(self._documents))

    @property
    def malformed(self) -> tuple[tuple[str, str], ...]:
        """(id, what is wrong) of each record that grants nothing because it cannot be read."""
        return tuple((name, document.problem) for name, document in sorted(self._documents.items()) if document.problem)

    def get(self, name: str) -> MechanismOnFile | None:
        """The newest record of an id."""
        document = self._documents.get(name)
        return None if document is None else document.record

    def in_force(
        self,
        named: Iterable[str],
        *,
        customer_id: str,
        destination: str,
        categories: frozenset[str],
        people: int | None,
        on: dt.date,
        direction: Direction | None = "outbound",
    ) -> InForce:
        """What counts of the ids and kinds that a request names; a kind counts if a document of the customer is on file for it.

        Args:
            named: Ids of documents, or kinds.
            customer_id: Whose request it is; a document without a customer counts for all.
            destination: ISO 3166-1 code of the customer's end: where the text goes, and where the prompt came from.
            categories: Of the personal findings; empty while there are none.
            people: How many people's data were transferred under the document so far; ``None`` if nobody knows, which no limit allows.
            on: The day of the record.
            direction: ``None`` takes documents for either leg.
        """
        standing = self._standing(tuple(named), customer_id, destination, on, direction, declared=False)
        return _within_limits(standing, categories, people)

    def _standing(
        self, named: tuple[str, ...], customer_id: str, destination: str, on: dt.date, direction: Direction | None, *, declared: bool
    ) -> _Standing:
        key = (named, customer_id, destination, on, direction, declared)
        standing = self._memo.get(key)
        if standing is None:
            if len(self._memo) >= _MEMO_MAX:
                self._memo.clear()
            standing = self._memo[key] = self._settle(named, customer_id, destination, on, direction, declared=declared)
        return standing

    def _settle(
        self, named: tuple[str, ...], customer_id: str, destination: str, on: dt.date, direction: Direction | None, *, declared: bool
    ) -> _Standing:
        kinds: set[str] = set()
        refused: set[tuple[str, str]] = set()
        groups: list[tuple[Document, ...]] = []
        for name in dict.fromkeys(named):
            if name in self._documents:
                candidates = [self._documents[name]]
            elif name not in mechanism_kinds():
                refused.add((name, "unknown_id"))
                continue
            elif declared:
                kinds.add(name)
                continue
            else:
                candidates = [found for found in self._of_kind(name) if found.record.customer_id in {"", customer_id}]
            reasons = [(found, _reason(found, customer_id, destination, on, direction)) for found in candidates]
            counting = tuple(found for found, reason in reasons if not reason)
            if counting:
                groups.append(counting)
            else:
                refused |= {(found.record.id, reason) for found, reason in reasons} or {(name, "none_on_file")}
        settled = InForce(frozenset(kinds), refused=tuple(sorted(refused)))
        if any(found.is_limited for group in groups for found in group):
            people_max = {found.record.people_max for group in groups for found in group}
            return _Standing(settled, tuple(groups), tuple(sorted(people_max - {0})))
        return _Standing(_granted(settled, groups, []))

    def _of_kind(self, kind: str) -> list[Document]:
        if self._by_kind is None:
            self._by_kind = {}
            for _, document in sorted(self._documents.items()):
                self._by_kind.setdefault(document.record.kind, []).append(document)
        return self._by_kind.get(kind, [])


def resolve(
    named: Iterable[str],
    register: Register,
    mode: Mode,
    *,
    customer_id: str,
    destination: str,
    categories: frozenset[str],
    people: int | None,
    on: dt.date,
    direction: Direction | None = None,
) -> InForce:
    """What counts of what a request names.

    Args:
        named: Kinds, or ids of documents.
        register: What is on file.
        mode: ``declared``: a kind counts because the request names it; an id counts if its document does. ``register``: only documents
            count, whether named by id or by kind.
        customer_id: See ``Register.in_force``, as all others.
        destination: The customer's end of the transfer.
        categories: Of the personal findings.
        people: Transferred so far, if known.
        on: The day of the record.
        direction: ``None``, for both legs: one fact holds the kinds of either.
    """
    standing = register._standing(  # noqa: SLF001 - the other way to ask the same register
        tuple(named), customer_id, destination, on, direction, declared=mode == "declared"
    )
    return _within_limits(standing, categories, people)


def _reason(document: Document, customer_id: str, destination: str, on: dt.date, direction: Direction | None) -> str:
    """Why a document does not count, whatever the text is; empty if nothing speaks against it."""
    record = document.record
    checks = (
        (record.customer_id not in {"", customer_id}, "other_customer"),  # first: of another's document nothing else is told
        (bool(document.problem), "malformed"),
        (record.revoked, "revoked"),
        (direction is not None and record.direction not in {direction, "both"}, "direction"),
        (on < document.since, "not_yet"),
        (on > document.until, "expired"),
        (bool(document.destinations) and destination not in document.destinations, "destination"),
    )
    return next((reason for speaks_against, reason in checks if speaks_against), "")


def _limit(document: Document, found: frozenset[str], people: int | None) -> str:
    """Which limit of a document the text is beyond; empty if it is within all."""
    if document.categories and not found <= document.categories:
        return "category"
    if document.record.people_max and people is None:
        return "people_unknown"
    return "people_exceeded" if document.record.people_max and people is not None and people > document.record.people_max else ""


def _within_limits(standing: _Standing, found: frozenset[str], people: int | None) -> InForce:
    if not standing.groups:
        return standing.settled
    key = (found, -1 if people is None else bisect_left(standing.bounds, people))
    answer = standing.answers.get(key)
    if answer is None:
        if len(standing.answers) >= _MEMO_MAX:
            standing.answers.clear()
        answer = standing.answers[key] = _limited(standing, found, people)
    return answer


def _limited(standing: _Standing, found: frozenset[str], people: int | None) -> InForce:
    groups, refused = [], []
    for group in standing.groups:
        counting = tuple(document for document in group if not _limit(document, found, people))
        groups.append(counting)
        if not counting:
            refused += [(document.record.id, _limit(document, found, people)) for document in group]
    sure = {group[0].record.kind for group in standing.groups if not all(document.is_limited for document in group)}
    limited = {group[0].record.kind for group in standing.groups} - sure - standing.settled.kinds
    answer = _granted(standing.settled, groups, refused)
    return InForce(answer.kinds, answer.ids, answer.refused, frozenset(limited))


def _granted(settled: InForce, groups: Iterable[tuple[Document, ...]], refused: Iterable[tuple[str, str]]) -> InForce:
    records = [document.record for group in groups for document in group]
    return InForce(
        settled.kinds | {record.kind for record in records},
        tuple(sorted({record.id for record in records})),
        tuple(sorted({*settled.refused, *refused})),
    )


def read(record: MechanismOnFile) -> Document:
    """Read a record's days and scopes, and what is wrong with it."""
    since, until = _day(record.valid_from), _day(record.valid_to) if record.valid_to else NO_END
    checks = (
        (_ID.fullmatch(record.id) is None or record.id in mechanism_kinds(), "the id has other characters, is too long, or is a kind"),
        (record.kind not in mechanism_kinds(), "unknown kind"),
        (record.direction not in DIRECTIONS, "direction is none of outbound, inbound, both"),
        (since is None or until is None, "valid_from or valid_to is no day between 1990 and 2100 (YYYY-MM-DD)"),
        (since is not None and until is not None and until < since, "valid_to lies before valid_from"),
        (_is_too_long(record, since, until), "longer in force than its law allows"),
        (not named_sets()["ISO_3166_1"].issuperset(record.destinations), "a destination is no ISO 3166-1 code"),
        (not categories().keys() >= set(record.categories), "unknown category"),
        (record.people_max < 0, "people_max is negative"),
        (bool(record.evidence_sha256) and _DIGEST.fullmatch(record.evidence_sha256) is None, "evidence_sha256 is no digest"),
    )
    problem = next((words for wrong, words in checks if wrong), "")
    return Document(record, since or NO_END, until or dt.date.min, frozenset(record.destinations), frozenset(record.categories), problem)


def _is_too_long(record: MechanismOnFile, since: dt.date | None, until: dt.date | None) -> bool:
    years = _YEARS_MAX.get(record.kind)
    if years is None or since is None or until is None:
        return False
    return (until.year - years, until.month, until.day) > (since.year, since.month, since.day)


def _day(text: str) -> dt.date | None:
    """Return the day that a text says, if it is one and within reason."""
    try:
        day = dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day is not None and _FIRST <= day <= _LAST else None

"""The vocabulary of conditions: every fact by name, type and meaning, and how facts follow from findings.

A fact that is absent is unknown. Nothing here guesses: what nobody measures is declared by the operator in
``packs/operator.v1.yaml`` and is passed in as ``declared``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from jurisdictions.lists import categories, entity, entity_types, mechanism_kinds, named_sets, region
from schemas.errors import PackError
from schemas.records import Fact

FactValue = bool | int | str | frozenset[str]
FactKind = Literal["bool", "int", "str", "set"]

PROVENANCE = frozenset({"foreign_echo", "domestic_source", "unmatched", "unknown"})
CONTENT_KINDS = frozenset({"text", "code", "image", "audio", "video", "file"})
FORMS = frozenset({"prose", "code", "structured", "service"})
DOMAINS = frozenset(
    ["health", "financial", "biometric", "religion", "minor", "location", "identity", "political", "union", "sexual", "genetic", "criminal"]
)  # what the text model tells (models/manifest.yaml)
LABELS_PRESENT = frozenset({"explicit", "aigc", "c2pa", "watermark", "notice"})
RECIPIENTS = frozenset({"b2b", "consumer", "data_subject", "foreign_authority"})
INCIDENT_LEVELS = frozenset({"ordinary", "larger", "major", "extreme"})


@dataclass(frozen=True, slots=True)
class FactType:
    """One word of the vocabulary.

    Attributes:
        kind: Type of the value.
        says: What it means, in one line.
        values: What a rule may compare it with; ``None`` where any value is meant.
        open_ended: A measured value may lie outside ``values`` (a destination that is no ISO code, a new entity type).
    """

    kind: FactKind
    says: str
    values: frozenset[str] | None = None
    open_ended: bool = False


def _flag(says: str) -> FactType:
    return FactType("bool", says)


def _count(says: str) -> FactType:
    return FactType("int", says)


def _united_states() -> dict[str, FactType]:
    """People per customer in the preceding twelve months, as 28 CFR 202 counts them."""
    return {
        "us_exempt": _flag("Personal communication or informational material (28 CFR 202)"),
        "us_government_related": _flag("Government-related data (28 CFR 202)"),
        "us_genomic_people": _count("US persons, human genomic data"),
        "us_omic_people": _count("US persons, other omic data"),
        "us_biometric_people": _count("US persons, biometric identifiers"),
        "us_geolocation_devices": _count("US devices, precise geolocation"),
        "us_health_people": _count("US persons, health data"),
        "us_financial_people": _count("US persons, financial data"),
        "us_identifier_people": _count("US persons, covered personal identifiers"),
        "us_combined_over_lowest": _flag("Categories combined in one transfer, the lowest number of any of them is reached"),
    }


def _incidents() -> dict[str, FactType]:
    """What is known of a leak or another incident; without one, that there is none."""
    return {
        "incident": _flag("Personal or important data went where it must not, or may have"),
        "incident_level": FactType("str", "Grade of a cybersecurity incident in China", INCIDENT_LEVELS),
        "incident_people": _count("People concerned by the incident, as far as known"),
        "significant_harm": _flag("The incident is likely to do serious harm to individuals"),
        "property_harm": _flag("The incident may cause loss of property"),
        "malicious": _flag("The incident was caused on purpose"),
        "product_vulnerability": _flag("A vulnerability of a product or service was found"),
        "harms_national_security": _flag("The vulnerability harms national security or the public interest"),
    }


def _places_of_use() -> dict[str, FactType]:
    """Facts that single jurisdictions beside China, the Union and the United States ask for."""
    return {
        "destination_subdivision": FactType("str", "Second part of the ISO 3166-2 code of the destination, as CA of US-CA", None),
        "zone": FactType("str", "ISO 3166-2 code or free-trade zone of the data centre, as CN-GD-ST", None),
        "outside_negative_list": _flag("The zone's negative list does not name the data"),
        "monthly_users": _count("Users of the system per month in the destination"),
        "realistic": _flag("An image, a sound or a film that a person may take for real"),
        "intimate_or_abuse": _flag("Intimate imagery without consent, or abuse of a child"),
        "internal_only": _flag("The content is used inside the recipient's organisation only"),
        "automated_decision": _flag("The output decides on a person without a human"),
        "restricted_by_india": _flag("India restricts transfers to the place of processing"),
        "tw_restricted_sector": _flag("The customer's sector may not transfer to mainland China (Taiwan)"),
        "vn_core_or_important": _flag("Core or important data in the sense of Vietnam's Data Law"),
    }


@lru_cache(maxsize=1)
def vocabulary() -> dict[str, FactType]:
    """Every fact that a condition may name."""
    iso = named_sets()["ISO_3166_1"]
    return {
        # Where from, where to, on which footing.
        "destination": FactType("str", "ISO 3166-1 code of the customer's place of receipt", iso, open_ended=True),
        "destination_region": FactType("str", "Region of the destination", frozenset({"EEA", "ASEAN", "other"})),
        "end_user_location": FactType("str", "ISO 3166-1 code of where the end user is; absent if nobody knows", iso, open_ended=True),
        "origin_country": FactType("str", "ISO 3166-1 code of where the text is generated", iso),
        "origin_data_centre": FactType("str", "Name of the data centre"),
        "model_origin": FactType("str", "ISO 3166-1 code of where the model comes from", iso, open_ended=True),
        "route": FactType("str", "Name of the cable or line"),
        "mechanisms": FactType("set", "Kinds of legal basis on file for this customer, in force", mechanism_kinds()),
        "customer": FactType("str", "The customer, as the operator numbers them; for overlays", None),
        "recipient_kind": FactType("str", "Who receives", RECIPIENTS),
        "recipient_restricted": _flag("The recipient stands on the restricted list, or its country under countermeasures"),
        # What was found.
        "types": FactType("set", "Entity types found", entity_types(), open_ended=True),
        "categories": FactType("set", "Their categories", frozenset(categories())),
        "personal": _flag("Something found concerns a person"),
        "personal_values": _count("Personal values found so far in the stream, repeats included: an upper bound of people"),
        "provenance_set": FactType("set", "Where the personal values came from", PROVENANCE),
        "credential_provenance": FactType("set", "Where the credentials came from", PROVENANCE),
        "sensitive": _flag("Something found is sensitive in the sense of PIPL Art 28, by itself or by what the text around it is about"),
        "subjects": FactType("set", "Countries whose people the findings concern, where the entity type tells", iso),
        # What kind of text it is.
        "kind": FactType("str", "Kind of content", CONTENT_KINDS),
        "form": FactType("str", "Kind of text, as the classifier says", FORMS),
        "domains": FactType("set", "What the text is about that is sensitive, as the classifier says", DOMAINS),
        "language": FactType("str", "BCP 47 tag of the language", None),
        "token_count": _count("Tokens of the stream so far"),
        "synthetic": _flag("The content is generated"),
        "labels_present": FactType("set", "Labels that the content carries already", LABELS_PRESENT),
        # Classes of data that the operator's catalogues and dictionaries tell.
        "state_secret": _flag("A marking or a dictionary points at a state secret"),
        "core_data": _flag("Core data in the sense of the Data Security Law"),
        "important_data": _flag("Important data, as notified or published"),
        "suspected_important": _flag("May be important data, neither notified nor published"),
        "export_control": _flag("Technical data of a controlled item"),
        "state_organ_data": _flag("Personal data that a state organ handles"),
        "beyond_assessed_scope": _flag("Outside of what the security assessment allows"),
        "minor_under_14": _flag("A person found is under fourteen"),
        "minor_under_18": _flag("A person found is under eighteen"),
        "minor_private_information": _flag("Private information of a minor"),
        # The operator and its counters.
        "ciio": _flag("The operator runs critical information infrastructure"),
        "cn_people_since_january": _count("Distinct people whose data left China since 1 January, nothing sensitive"),
        "cn_sensitive_people_since_january": _count("The same for sensitive data"),
        "people_held": _count("People whose data the operator holds"),
        "kept_for_training": _flag("The content is kept to train a model"),
        "labels_removed": _flag("The pipeline removed a label that the content carried"),
        # European Union.
        "placed_before_2026_08_02": _flag("The AI system was on the Union market before 2 August 2026"),
        "assistive_edit": _flag("The output only assists standard editing"),
        "code_of_practice": _flag("The operator signed the Code of Practice on marking"),
        # Singapore.
        "nric_as_credential": _flag("An NRIC number serves as a password"),
        **_places_of_use(),
        **_incidents(),
        **_united_states(),
    }


def check_value(name: str, value: object, *, named_in_rule: bool = False) -> FactValue:
    """Return the value in the type of its fact; lists become frozen sets.

    Args:
        name: The fact.
        value: A value as YAML or a caller gives it.
        named_in_rule: The value stands in a rule or its tests, where a misspelt word would never match.

    Raises:
        PackError: Unknown fact, wrong type, or a word outside the fact's vocabulary.
    """
    fact = vocabulary().get(name)
    if fact is None:
        raise PackError(f"unknown fact {name!r}")
    if fact.kind == "set" and isinstance(value, list | tuple | set | frozenset) and all(isinstance(member, str) for member in value):
        value = frozenset(str(member) for member in value)
    wanted = {"bool": bool, "int": int, "str": str, "set": frozenset}[fact.kind]
    if not isinstance(value, wanted) or (fact.kind == "int" and isinstance(value, bool)):
        raise PackError(f"fact {name!r} takes {fact.kind}, not {type(value).__name__}")
    if fact.values is not None and not (fact.open_ended and not named_in_rule):
        words = value if isinstance(value, frozenset) else {str(value)}
        if strange := sorted(words - fact.values):
            raise PackError(f"fact {name!r} never has the value {strange[0]!r}")
    if isinstance(value, bool | int | str):
        return value
    return frozenset(str(member) for member in value) if isinstance(value, frozenset) else str(value)


@lru_cache(maxsize=4096)
def _stream_facts(
    destination: str, end_user_location: str, origin_data_centre: str, model_origin: str, route: str, mechanisms: frozenset[str]
) -> dict[str, FactValue]:
    """What is the same for every segment of a stream; an empty string is an unknown place."""
    known: dict[str, FactValue] = {
        "destination": destination,
        "destination_region": region(destination),
        "mechanisms": mechanisms & mechanism_kinds(),
    }
    named = {"end_user_location": end_user_location, "origin_data_centre": origin_data_centre, "model_origin": model_origin, "route": route}
    known.update({name: value for name, value in named.items() if value})
    return known


@lru_cache(maxsize=8192)
def _found_facts(findings: frozenset[tuple[str, str]]) -> dict[str, FactValue]:
    """What follows from the kinds of findings alone; how many there were does not matter here."""
    known = {pair: entity(pair[0]) for pair in findings}
    personal = {pair: what for pair, what in known.items() if what.personal}
    found = frozenset(what.category for what in known.values())
    return {
        "types": frozenset(entity_type for entity_type, _ in known),
        "categories": found,
        "personal": bool(personal),
        "provenance_set": frozenset(provenance for _, provenance in personal),
        "credential_provenance": frozenset(provenance for (_, provenance), what in known.items() if what.category == "credential"),
        "sensitive": bool(personal) and not found.isdisjoint(named_sets()["CN_SENSITIVE"]),
        "subjects": frozenset(what.subject for what in personal.values() if what.subject),
    }


def sensitivity_of(found: Iterable[str], domains: frozenset[str] | None) -> bool | None:
    """Whether text with these entity types is sensitive in the sense of PIPL Art 28, as the fact says; ``None`` while nobody knows.

    Args:
        found: Entity types of the findings.
        domains: What the text is about; ``None`` while no classifier has spoken.
    """
    facts = _found_facts(frozenset((entity_type, "") for entity_type in found))
    return bool(facts["sensitive"]) or (_sensitive_surroundings(domains) if facts["personal"] else False)


def _sensitive_surroundings(domains: frozenset[str] | None) -> bool | None:
    return None if domains is None else not domains.isdisjoint(named_sets()["CN_SENSITIVE_DOMAINS"])


def facts_of(
    findings: Sequence[tuple[str, str]],
    *,
    destination: str,
    end_user_location: str,
    origin_data_centre: str,
    model_origin: str,
    route: str,
    mechanisms: Iterable[str],
    customer: str = "",
    language: str | None = None,
    token_count: int | None = None,
    personal_before: int = 0,
    kind: str = "text",
    synthetic: bool = True,
    form: str | None = None,
    domains: frozenset[str] | None = None,
    declared: Mapping[str, FactValue] | None = None,
) -> dict[str, FactValue]:
    """The facts of one segment.

    Args:
        findings: Entity type and provenance of each finding of the segment.
        destination: As the request names it; what is no ISO 3166-1 code is kept and held by the default pack.
        end_user_location: The same; empty if nobody knows.
        origin_data_centre: Name; empty if unknown.
        model_origin: ISO 3166-1 code; empty if unknown.
        route: Name; empty if unknown.
        mechanisms: Kinds in force for the customer (``jurisdictions.mechanisms``); unknown kinds grant nothing.
        customer: The customer; empty if nobody knows.
        language: Language tag, ``None`` while no classifier has spoken.
        token_count: Tokens of the stream so far, ``None`` if not counted.
        personal_before: Personal values found in the stream's earlier segments.
        kind: One of ``CONTENT_KINDS``.
        synthetic: Whether the content is generated.
        form: One of ``FORMS``, ``None`` while no classifier has spoken.
        domains: Of ``DOMAINS``; ``None`` while no classifier has spoken. Then what is personal and not sensitive by itself may still be so
            by what is said around it, and ``sensitive`` is unknown.
        declared: What the operator declares (``Compiled.assumed``) and what is counted elsewhere (totals). A measured fact wins.

    Returns:
        Fact → value. Facts that nobody knows are absent.
    """
    personal_here = sum(1 for entity_type, _ in findings if entity(entity_type).personal)
    facts: dict[str, FactValue] = {} if declared is None else dict(declared)
    facts.update(_stream_facts(destination, end_user_location, origin_data_centre, model_origin, route, frozenset(mechanisms)))
    facts.update(_found_facts(frozenset(findings)))
    facts["personal_values"] = personal_before + personal_here
    facts["kind"] = kind
    facts["synthetic"] = synthetic
    if domains is not None:
        facts["domains"] = domains
    if facts["personal"] and not facts["sensitive"]:
        about = _sensitive_surroundings(domains)
        if about is None:
            del facts["sensitive"]
        else:
            facts["sensitive"] = about
    if customer:
        facts["customer"] = customer
    if form is not None:
        facts["form"] = form
    if language is not None:
        facts["language"] = language
    if token_count is not None:
        facts["token_count"] = token_count
    return facts


@lru_cache(maxsize=8192, typed=True)
def fact_note(name: str, value: FactValue) -> Fact:
    """A fact as the audit entry keeps it, its value as canonical JSON; ``typed`` because ``True == 1``."""
    return Fact(name, json.dumps(sorted(value) if isinstance(value, frozenset) else value, ensure_ascii=False))

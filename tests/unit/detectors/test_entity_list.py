"""The rules know every type that the detectors can report."""

from __future__ import annotations

from detectors.analyzer import build_engine
from detectors.recognizers.catalogue import BY_COUNTRY
from detectors.recognizers.presidio import country_classes, mend
from jurisdictions.lists import entity, entity_types


def test_every_type_that_can_be_reported_is_listed_for_the_rules() -> None:
    ours = {kind.ENTITY for group in BY_COUNTRY.values() for kind in group}
    presidios = {mend(kind, "en").supported_entities[0] for kind in country_classes().values()}
    assert sorted((ours | presidios | set(build_engine(["all"]).get_supported_entities())) - entity_types()) == []


def test_numbers_of_companies_things_and_systems_do_not_concern_a_person_by_themselves() -> None:
    organisations = ("VN_TAX_CODE", "BR_CNPJ", "US_EIN", "FR_SIRET", "PL_NIP", "BIC_CODE", "CN_USCC", "CN_ORGANISATION_CODE", "SG_UEN")
    assert {entity(name).category for name in organisations} == {"organisation"}
    assert {entity(name).category for name in ("URL_CREDENTIALS", "CONNECTION_STRING", "API_KEY", "JWT")} == {"credential"}
    assert not any(entity(name).personal for name in (*organisations, "UUID", "SG_POSTAL_CODE", "CONNECTION_STRING"))
    assert all(entity(name).personal for name in ("STREET_ADDRESS", "DATE_OF_BIRTH", "GEO_COORDINATES", "IMEI", "IN_UPI_ID"))

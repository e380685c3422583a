"""Numbering plans as libphonenumber has them, as one expression for each length: whether a national number is valid, without its parts.

The same tables decide in libphonenumber (``phonenumberutil._number_type_helper``), which tries one kind of number after another.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import phonenumbers

_KINDS = ("premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail", "fixed_line", "mobile")


def is_issued(digits: str, region: str) -> bool:
    """Tell whether a region issues a national number.

    Args:
        digits: In ASCII, without country code and trunk prefix.
        region: ISO 3166-1 alpha-2 in upper case.
    """
    plan = _plan_of(region).get(len(digits))
    return plan is not None and plan.fullmatch(digits) is not None


def is_valid(digits: str, region: str) -> bool:
    """Tell the same of a region and all others with its country code, of which one is chosen by the first digits."""
    together = _plan_of_code(region).get(len(digits))
    if together is None or together.fullmatch(digits) is None:
        return False
    for leading, plan in _order_of_code(region):
        own = plan.get(len(digits))
        issued = own is not None and own.fullmatch(digits) is not None
        if leading is None and issued:
            return True
        if leading is not None and leading.match(digits):
            return issued
    return False


@cache
def _plan_of(region: str) -> dict[int, re.Pattern[str]]:
    return {count: re.compile(source) for count, source in _sources_of(region).items()}


@cache
def _order_of_code(region: str) -> list[tuple[re.Pattern[str] | None, dict[int, re.Pattern[str]]]]:
    """Return the first digits, where they choose a region, and the plans, in the order in which libphonenumber tries them."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[phonenumbers.country_code_for_region(region)]
    found: list[tuple[re.Pattern[str] | None, dict[int, re.Pattern[str]]]] = []
    for other in regions:
        metadata: Any = phonenumbers.PhoneMetadata.metadata_for_region(other)
        leading = metadata.leading_digits if len(regions) > 1 else None
        found.append((None if leading is None else re.compile(leading), _plan_of(other)))
    return found


@cache
def _plan_of_code(region: str) -> dict[int, re.Pattern[str]]:
    code = phonenumbers.country_code_for_region(region)
    each = [_sources_of(other) for other in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]]
    counts = sorted({count for one in each for count in one})
    return {count: re.compile("|".join(one[count] for one in each if count in one)) for count in counts}


def _sources_of(region: str) -> dict[int, str]:
    """Return what is valid in a region, of all kinds of numbers, by count of digits."""
    metadata: Any = phonenumbers.PhoneMetadata.metadata_for_region(region)
    general = metadata.general_desc
    kinds = [getattr(metadata, kind) for kind in _KINDS]
    found: dict[int, str] = {}
    for count in general.possible_length:
        issued = "|".join(
            f"(?:{one.national_number_pattern})"
            for one in kinds
            if one is not None and one.national_number_pattern and count in (one.possible_length or (count,))
        )
        if issued:
            found[count] = f"(?=(?:{general.national_number_pattern})\\Z)(?:{issued})"
    return found

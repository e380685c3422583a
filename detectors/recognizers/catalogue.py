"""Carnet's identifier recognisers by country; one list, named by hand: nothing is discovered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from detectors.recognizers import ae, au, br, ca, cn, common, eu, hk, id, ind, jp, kr, mo, my, ph, sa, sg, th, tw, uk, us, vn  # noqa: A004
from detectors.recognizers.identifier import IdentifierRecognizer
from schemas.errors import ConfigurationError

ALL: Final = "all"
BY_COUNTRY: Final[Mapping[str, tuple[type[IdentifierRecognizer], ...]]] = {
    "ae": ae.RECOGNIZERS,
    "au": au.RECOGNIZERS,
    "br": br.RECOGNIZERS,
    "ca": ca.RECOGNIZERS,
    "cn": cn.RECOGNIZERS,
    "common": common.RECOGNIZERS,
    "eu": eu.RECOGNIZERS,
    "hk": hk.RECOGNIZERS,
    "id": id.RECOGNIZERS,
    "in": ind.RECOGNIZERS,
    "jp": jp.RECOGNIZERS,
    "kr": kr.RECOGNIZERS,
    "mo": mo.RECOGNIZERS,
    "my": my.RECOGNIZERS,
    "ph": ph.RECOGNIZERS,
    "sa": sa.RECOGNIZERS,
    "sg": sg.RECOGNIZERS,
    "th": th.RECOGNIZERS,
    "tw": tw.RECOGNIZERS,
    "uk": uk.RECOGNIZERS,
    "us": us.RECOGNIZERS,
    "vn": vn.RECOGNIZERS,
}


def of_countries(countries: Iterable[str]) -> tuple[type[IdentifierRecognizer], ...]:
    """Return the recognisers of these countries, in the order of the catalogue; ``all`` means every one.

    Raises:
        ConfigurationError: A country has no recognisers here; the message names those that have.
    """
    wanted = {country.strip().lower() for country in countries}
    unknown = sorted(wanted - BY_COUNTRY.keys() - {ALL})
    if unknown:
        raise ConfigurationError(f"no recognisers for {', '.join(unknown)}; known: {ALL}, {', '.join(BY_COUNTRY)}")
    return tuple(one for country, group in BY_COUNTRY.items() if country in wanted or ALL in wanted for one in group)

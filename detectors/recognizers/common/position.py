"""Places on the globe as pairs of coordinates."""

from __future__ import annotations

import re
from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.identifier import IdentifierRecognizer

_DEGREES = "[0-9]{1,3}(?:\\.[0-9]{1,8})?[ \u00a0]?[°º]"
_MINUTES = "(?:[ \u00a0]?[0-9]{1,2}(?:\\.[0-9]{1,6})?[ \u00a0]?[′'’])?"
_SECONDS = "(?:[ \u00a0]?[0-9]{1,2}(?:\\.[0-9]{1,4})?[ \u00a0]?(?:[″\"”]|''))?"
_SIGN = "[+\\-−]"
_BETWEEN = "(?:[,/; \u00a0]|[ \u00a0]/[ \u00a0]|,\u00a0)"
_FINE = "[0-9]{1,3}\\.[0-9]{4,10}"
_LATITUDE_MAX = 90
_LONGITUDE_MAX = 180
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


class CoordinatesRecognizer(IdentifierRecognizer):
    """Finds coordinates: decimal degrees of four digits and more in pairs, and degrees, minutes and seconds with a hemisphere.

    Four decimals are eleven metres. A pair with a comma *and* a blank between its numbers is found whole if the second has a sign, else as
    two single numbers, each only where a word speaks for it: a list of numbers may be cut there.
    """

    ENTITY: ClassVar[str] = "GEO_COORDINATES"
    NORM: ClassVar[str] = "ISO 6709:2022"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("decimal pair", f"(?<![0-9A-Za-z.+\\-−]){_SIGN}?{_FINE}(?:{_BETWEEN}{_SIGN}?|{_SIGN}){_FINE}(?![0-9A-Za-z]|\\.[0-9])", 0.4),
        # A comma and a blank join two numbers of any list; the sign of the second says that it is no list.
        Pattern(
            "decimal pair, the second with a sign", f"(?<![0-9A-Za-z.+\\-−]){_SIGN}?{_FINE}, {_SIGN}{_FINE}(?![0-9A-Za-z]|\\.[0-9])", 0.4
        ),
        Pattern("degrees of a hemisphere", f"(?<![0-9A-Za-z.]){_DEGREES}{_MINUTES}{_SECONDS}[ \u00a0]?(?-i:[NSEWO])(?![0-9A-Za-z])", 0.4),
        Pattern("single decimal", f"(?<![0-9A-Za-z.]){_SIGN}?{_FINE}(?![0-9A-Za-z]|\\.[0-9])", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("latitude", "longitude", "coordinate", "coordinates", "gps", "lng", "latlon", "坐标", "座標", "经度", "纬度", "经纬", "經緯"),
        *("緯度", "経度", "koordinaten", "coordonnées", "coordenadas"),
    )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse degrees, minutes and seconds that there are not."""
        numbers = [float(number) for number in _NUMBER.findall(pattern_text)]
        if "°" in pattern_text or "º" in pattern_text:
            limit = _LATITUDE_MAX if pattern_text[-1] in "NS" else _LONGITUDE_MAX
            return None if numbers[0] <= limit and all(number < 60 for number in numbers[1:]) else False  # noqa: PLR2004
        if max(numbers) > _LONGITUDE_MAX or (len(numbers) > 1 and min(numbers) > _LATITUDE_MAX):
            return False
        return None

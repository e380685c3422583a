"""Addresses of machines, and URLs that carry a password."""

from __future__ import annotations

import ipaddress
import re
from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.common.pieces import narrowed
from detectors.recognizers.identifier import IdentifierRecognizer

_HEX = "[0-9A-Fa-f]"
_OCTET = "[0-9０-９]{1,3}"
_DOT = "[.．]"
_IPV4 = f"{_OCTET}(?:{_DOT}{_OCTET}){{3}}"
_SECTION = f"[0-9０-９](?:{_DOT}[0-9０-９]){{3}}(?![0-9０-９])"
_IPV6_DIGITS_MIN = 4  # "a::b" is C++, "::1" is one's own machine
_WIDTH_MAC = 12


class MachineAddressRecognizer(IdentifierRecognizer):
    """Finds IPv4 and IPv6 addresses, with the length of the network where it is written.

    Addresses that name no machine (0.0.0.0, ::) and one's own (127.0.0.0/8, ::1) are left out, and what only looks like one: times,
    scopes of C++, versions with more than four parts.
    """

    ENTITY: ClassVar[str] = "IP_ADDRESS"
    NORM: ClassVar[str] = "RFC 791; RFC 4291 section 2.2; RFC 4007 section 11 (zones)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("IPv4", f"(?<![0-9０-９][.．]){NOT_AFTER_ALNUM}(?!{_SECTION}){_IPV4}(?:/[0-9]{{1,2}})?(?!{_DOT}?[0-9A-Za-z０-９])", 0.6),
        # Four single digits are more often a version or a section (3.2.1.4) than the address of a name server.
        Pattern("IPv4 of single digits", f"(?<![0-9０-９][.．]){NOT_AFTER_ALNUM}{_SECTION}(?!{_DOT}?[0-9A-Za-z０-９])", 0.3),
        Pattern(
            "IPv6",
            f"(?<![0-9A-Za-z:.])(?:{_HEX}{{1,4}}:|:){{2,7}}(?:{_IPV4}|{_HEX}{{1,4}}|:)?(?:%[0-9A-Za-z]{{1,16}})?(?:/[0-9]{{1,3}})?(?![0-9A-Za-z:]|\\.[0-9])",
            0.6,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("ip", "ipv4", "ipv6", "dns", "server", "host", "gateway", "地址", "アドレス", "服务器")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse what is no address of another machine."""
        written = narrowed(pattern_text)
        try:
            address = ipaddress.ip_interface(re.sub("%[0-9A-Za-z]+", "", written)).ip
        except ValueError:
            return False
        if address.is_unspecified or address.is_loopback:
            return False
        digits = sum(char in "0123456789abcdefABCDEF" for char in written)
        return None if address.version == 4 or (digits >= _IPV6_DIGITS_MIN and any(char.isdigit() for char in written)) else False  # noqa: PLR2004


_THREE_GROUPS = f"{_HEX}{{4}}\\.{_HEX}{{4}}\\.{_HEX}{{4}}(?![0-9A-Za-z]|\\.[0-9A-Za-z])"


class HardwareAddressRecognizer(IdentifierRecognizer):
    """Finds MAC addresses, six octets with colons or hyphens, or three groups with dots; not those of nobody and of everybody."""

    ENTITY: ClassVar[str] = "MAC_ADDRESS"
    NORM: ClassVar[str] = "IEEE 802-2014 clause 8"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("six octets", f"(?<![0-9A-Za-z:\\-]){_HEX}{{2}}(?::{_HEX}{{2}}){{5}}(?![0-9A-Za-z:\\-])", 0.6),
        Pattern("six octets with hyphens", f"(?<![0-9A-Za-z:\\-]){_HEX}{{2}}(?:-{_HEX}{{2}}){{5}}(?![0-9A-Za-z:\\-])", 0.6),
        Pattern("three groups", f"(?<![0-9A-Za-z.])(?=[0-9.]{{0,13}}[A-Fa-f]){_THREE_GROUPS}", 0.5),
        # Digits alone are as often the number of a product or a file.
        Pattern("three groups of digits", f"(?<![0-9A-Za-z.]){_THREE_GROUPS}", 0.1),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("mac", "hardware", "ethernet", "wlan", "网卡", "物理地址")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse the address of nobody and that of everybody."""
        return None if len(identifier) == _WIDTH_MAC and len(set(identifier)) > 1 else False


class UniversalIdRecognizer(IdentifierRecognizer):
    """Finds UUIDs in the 8-4-4-4-12 form; not those of zeros or of Fs only."""

    ENTITY: ClassVar[str] = "UUID"
    NORM: ClassVar[str] = "RFC 9562 section 4"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("8-4-4-4-12", f"{NOT_AFTER_ALNUM}{_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}{NOT_BEFORE_ALNUM}", 0.5),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("uuid", "guid", "identifier", "标识")

    def is_valid(self, identifier: str) -> bool | None:
        """Refuse the nil and the max UUID."""
        return None if len(set(identifier)) > 1 else False


class UrlCredentialsRecognizer(IdentifierRecognizer):
    """Finds URLs with a user and a password before the host, up to the end of the host; user up to 128 characters, password up to 256."""

    ENTITY: ClassVar[str] = "URL_CREDENTIALS"
    NORM: ClassVar[str] = "RFC 3986 section 3.2.1 (deprecated: the password is in the clear)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "user, password and host",
            "(?<![0-9A-Za-z+.\\-])[A-Za-z][0-9A-Za-z+.\\-]{1,20}://[!#-&(-.0-9;=A-Z_a-z~]{1,128}:[!#-&(-.0-;=@-Z_a-z|~^]{1,256}@"
            "(?:[0-9A-Za-z](?:[0-9A-Za-z.\\-]{0,251}[0-9A-Za-z])?|\\[[0-9A-Fa-f:.]{2,45}\\])(?::[0-9]{1,5})?",
            0.8,
        ),
    )

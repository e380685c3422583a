"""What source code and configuration give away: names of machines inside a network, heads of licences, secrets that are assigned.

Keys of well-known services, connection strings and passwords written without a blank are in ``common/secrets.py``.
"""

from __future__ import annotations

import re
from typing import ClassVar

from presidio_analyzer import Pattern, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from detectors.recognizers.identifier import IdentifierRecognizer

_LABEL = "[0-9A-Za-z][0-9A-Za-z_\\-]{0,62}"
_HOST_START = "(?<![0-9A-Za-z_.\\-%$])"
# No call, no longer name, no file: "threading.local()", "com.acme.internal.x", "settings.local_2".
_HOST_END = "(?![0-9A-Za-z_(\\[\\-]|\\.[0-9A-Za-z_])"
_PORT = ":[0-9]{2,5}"
_ZONE = "(?:internal|local|localdomain|lan|corp|intra|intranet|home\\.arpa)"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PRIVATE = f"(?:10\\.{_OCTET}|192\\.168|172\\.(?:1[6-9]|2[0-9]|3[01]))\\.{_OCTET}\\.{_OCTET}"
_SHARE = "[0-9A-Za-z$_.\\-\u4e00-\u9fff]"
# First labels of names in programs, and whole names that are files.
_PROGRAM = frozenset(
    (  # noqa: SIM905 - a list literal of these takes a line each
        "self this cls super window document global globals threading gevent asyncio com org net io java javax jdk sun kotlin "
        "scala android androidx github golang google cn npm node config settings env dotenv gradle cargo module package import "
        "usr var etc options opts props state ctx context req request res response err error obj data args params std"
    ).split()
)
_PLAIN_ZONES = (".internal", ".local", ".localdomain", ".intra", ".lan")


class InternalHostRecognizer(IdentifierRecognizer):
    r"""Finds names that only a network of one's own resolves, services of Kubernetes, private addresses with a port, and ``\\host\share``.

    A name of one plain word before its zone (``db.internal``) may be a name in a program: it counts with a port, behind ``//`` or ``@``, or
    where a word beside it speaks for it.
    """

    ENTITY: ClassVar[str] = "INTERNAL_HOST_NAME"
    NORM: ClassVar[str] = (
        "RFC 6762 (.local); RFC 8375 (home.arpa); ICANN resolution 2024.07.29.06 (.internal); RFC 1918; Kubernetes DNS; "
        "MS-DTYP section 2.2.57 (UNC)"
    )
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("several labels", f"{_HOST_START}(?:{_LABEL}\\.){{2,6}}{_ZONE}(?:{_PORT})?{_HOST_END}", 0.6),
        Pattern(
            "label with a digit or a hyphen",
            f"{_HOST_START}[A-Za-z]{{1,30}}[0-9\\-][0-9A-Za-z\\-]{{0,32}}\\.{_ZONE}(?:{_PORT})?{_HOST_END}",
            0.6,
        ),
        Pattern("label with a port", f"{_HOST_START}{_LABEL}\\.{_ZONE}{_PORT}{_HOST_END}", 0.6),
        Pattern("label behind // or @", f"(?<=[/@]){_LABEL}\\.{_ZONE}{_HOST_END}", 0.6),
        Pattern("one label", f"{_HOST_START}{_LABEL}\\.{_ZONE}{_HOST_END}", 0.2),
        Pattern(
            "service of Kubernetes", f"{_HOST_START}(?:{_LABEL}\\.){{2,4}}(?:svc|pod)(?:\\.cluster\\.local)?(?:{_PORT})?{_HOST_END}", 0.8
        ),
        Pattern("private address with a port", f"(?<![0-9A-Za-z.]){_PRIVATE}{_PORT}(?![0-9A-Za-z]|\\.[0-9])", 0.6),
        Pattern("UNC path", f"(?<![0-9A-Za-z\\\\])\\\\\\\\[0-9A-Za-z][0-9A-Za-z.\\-_]{{0,62}}(?:\\\\{_SHARE}{{1,64}}){{1,8}}", 0.6),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("host", "server", "ssh", "ping", "dns", "curl", "endpoint", "upstream", "proxy"),
        *("主机", "主機", "服务器", "伺服器", "内网", "域名"),
        *("ホスト", "サーバ", "호스트", "서버", "servidor", "serveur", "сервер", "хост", "máy", "เซิร์ฟเวอร์"),
    )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse names in programs, and what TeX writes with two backslashes."""
        if pattern_text.startswith("\\\\"):
            host, *shares = pattern_text[2:].split("\\")
            plain = host.isalpha() and host.islower() and len(shares) == 1 and "$" not in shares[0]
            return False if plain or len(host) == 1 or len(shares[0]) == 1 else None
        first = pattern_text.split(".", 1)[0].lower()
        zone = pattern_text.lower().endswith(_PLAIN_ZONES)
        return False if zone and first in _PROGRAM else None


_YEARS = "(?:19|20)[0-9]{2}(?:[\\-\u2013](?:(?:19|20)[0-9]{2}|[0-9]{2}))?"
_HOLDER_CHARS = "0-9A-Za-z\u00c0-\u024f\u4e00-\u9fff&'\\-"
_HOLDER_FIRST = "A-Z\u00c0-\u00de\u4e00-\u9fff"
_HOLDER = (
    f"(?-i:(?:[{_HOLDER_FIRST}][{_HOLDER_CHARS}]{{0,9}} [A-Z][{_HOLDER_CHARS}]{{0,9}}|[{_HOLDER_FIRST}][{_HOLDER_CHARS}]{{0,20}})"
    f"(?![{_HOLDER_CHARS}]))"
)


class LicenceHeaderRecognizer(IdentifierRecognizer):
    """Finds the head of a licence: SPDX's tag, and a copyright line with its year and the holder, two words or 21 characters at most."""

    ENTITY: ClassVar[str] = "LICENCE_HEADER"
    NORM: ClassVar[str] = "SPDX 2.3 annex E (ISO/IEC 5962:2021); Berne Convention as amended; 17 USC 401(b)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "SPDX tag",
            "(?<![0-9A-Za-z_\\-])(?-i:SPDX-(?:License-Identifier|FileCopyrightText)):(?:[0-9A-Za-z][0-9A-Za-z.+\\-]{0,63})?",
            0.7,
        ),
        Pattern("copyright line", f"(?<![0-9A-Za-z])(?:Copyright|版权所有|版權所有) ?(?:\\(c\\)|©)? ?{_YEARS},? {_HOLDER}", 0.6),
        Pattern("copyright sign", f"(?<![0-9A-Za-z])© ?{_YEARS},? {_HOLDER}", 0.6),
    )


_ASSIGNED = "[\"']? ?(?::=|=>|=|:) ?[\"']"
_VALUE = "[!#-&(-;=?-~]{6,31}(?=[\"'])"
_VALUE_START = re.compile("[^\"']*[\"']? ?(?::=|=>|=|:) ?[\"']")
_PLACE_HOLDER = re.compile(
    r"[*•.xX_\-]+|[<$%{\[].*|(?:os|process|env|config|secrets|vault)\..*|.*(?:getenv|environ).*|null|none|true|false|string|undefined"
    r"|(?:your|my|the|new|old|enter|insert|some)[_\-].*|.*[_\-]here|(?:https?|file)://.*|password|secret|example",
    re.IGNORECASE,
)


class AssignedRecognizer(IdentifierRecognizer):
    """A value in quotes that source code or configuration assigns to a name; the value alone is reported, without its quotes."""

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse what stands for a value to be filled in."""
        start = _VALUE_START.match(pattern_text)
        return None if start and not _PLACE_HOLDER.fullmatch(pattern_text[start.end() :]) else False

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        """Return the values without the names that they are assigned to."""
        found: list[RecognizerResult] = super().analyze(text, entities, nlp_artifacts, regex_flags)
        for one in found:
            start = _VALUE_START.match(text, one.start, one.end)
            one.start = start.end() if start else one.start
        return found


class AssignedPasswordRecognizer(AssignedRecognizer):
    """Finds passwords that are assigned with blanks around the sign, ``password = "…"``, ``"pwd": "…"``; 6 to 31 characters."""

    ENTITY: ClassVar[str] = "PASSWORD"
    NORM: ClassVar[str] = "NIST SP 800-63B section 3.1.1; CWE-798 (hard-coded credentials)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("assigned", f"(?:password|passwd|passphrase|pwd|密码|口令|密碼){_ASSIGNED}{_VALUE}", 0.7),
    )


class AssignedSecretRecognizer(AssignedRecognizer):
    """Finds secrets, tokens and keys of any service that are assigned to a name which says so; 8 to 31 characters with a digit."""

    ENTITY: ClassVar[str] = "SECRET"
    NORM: ClassVar[str] = "CWE-798 (hard-coded credentials); RFC 6749 section 2.3.1 (client secret)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("assigned", f"(?:secret(?:_?key)?|_token|apikey|api_key|access_key|auth_?key|密钥|令牌){_ASSIGNED}{_VALUE}", 0.6),
    )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse also a short word or one without a digit: the name of a secret more often than the secret."""
        start = _VALUE_START.match(pattern_text)
        value = pattern_text[start.end() :] if start else ""
        if len(value) < 8 or not any(char.isdecimal() for char in value):  # noqa: PLR2004 - as the promise says
            return False
        return super().validate_result(pattern_text)

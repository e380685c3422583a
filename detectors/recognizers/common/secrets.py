"""Credentials: keys of well-known services, private keys, signed tokens, connection strings, passwords.

Issuers do not publish check digits; what tells a key is its prefix and its length. Where the length is open, a cap is stated: a key that is
longer is found up to the cap.
"""

from __future__ import annotations

import re
from typing import ClassVar

from presidio_analyzer import Pattern, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from detectors.recognizers.identifier import IdentifierRecognizer

_WORD = "0-9A-Za-z"
_START = f"(?<![{_WORD}])"
_END = f"(?![{_WORD}_\\-])"


def _keys(name: str, body: str, score: float = 0.9) -> Pattern:
    """Return the pattern of one issuer's keys; upper and lower case are told apart."""
    return Pattern(name, f"{_START}(?-i:{body})", score)


class ApiKeyRecognizer(IdentifierRecognizer):
    """Finds keys of well-known services by their prefixes; open-ended ones up to 255 characters."""

    ENTITY: ClassVar[str] = "API_KEY"
    NORM: ClassVar[str] = "Formats as documented by each issuer; GitHub secret scanning patterns"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        _keys("AWS access key id", f"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{{16}}{_END}"),
        _keys("AWS secret access key", "[0-9A-Za-z+/]{40}(?![0-9A-Za-z+/=])", 0.05),
        _keys("GitHub", f"gh[opusr]_[{_WORD}]{{36,255}}"),
        _keys("GitHub, fine-grained", f"github_pat_[{_WORD}_]{{22,255}}"),
        _keys("GitLab", f"gl(?:pat|ptt|rt|dt|soat|cbt)-[{_WORD}_\\-]{{20,255}}"),
        _keys("Slack", f"xox[abeoprs]-[{_WORD}\\-]{{10,255}}"),
        _keys("Slack, app level", f"xapp-[0-9]-[{_WORD}\\-]{{20,255}}"),
        _keys("Slack, webhook", f"hooks\\.slack\\.com/services/T[{_WORD}]{{6,20}}/B[{_WORD}]{{6,20}}/[{_WORD}]{{16,64}}"),
        _keys("Stripe", f"(?:sk|rk)_(?:live|test)_[{_WORD}]{{16,255}}"),
        _keys("Stripe, webhook", f"whsec_[{_WORD}+/=]{{24,128}}"),
        _keys("Google", f"AIza[{_WORD}_\\-]{{35}}{_END}"),
        _keys("Google, OAuth", f"ya29\\.[{_WORD}_\\-]{{20,255}}"),
        _keys("Google, OAuth client", f"GOCSPX-[{_WORD}_\\-]{{28}}{_END}"),
        _keys("OpenAI", f"sk-(?:proj|svcacct|admin|None)-[{_WORD}_\\-]{{20,255}}"),
        _keys("OpenAI and compatible", f"sk-[{_WORD}]{{32,64}}{_END}", 0.8),
        _keys("Anthropic", f"sk-ant-[{_WORD}_\\-]{{20,255}}"),
        _keys("OpenRouter", f"sk-or-v1-[0-9a-f]{{64}}{_END}"),
        _keys("Hugging Face", f"(?:hf|api_org)_[{_WORD}]{{30,64}}{_END}"),
        _keys("Groq, xAI, Replicate, Perplexity", f"(?:gsk_|xai-|r8_|pplx-)[{_WORD}]{{36,96}}{_END}"),
        _keys("SendGrid", f"SG\\.[{_WORD}_\\-]{{22}}\\.[{_WORD}_\\-]{{43}}{_END}"),
        _keys("Twilio", f"(?:SK|AC)[0-9a-f]{{32}}{_END}", 0.6),
        _keys("Mailgun", f"key-[0-9a-f]{{32}}{_END}", 0.6),
        _keys("npm", f"npm_[{_WORD}]{{36}}{_END}"),
        _keys("PyPI", f"pypi-AgE[{_WORD}_\\-]{{50,255}}"),
        _keys("Docker Hub", f"dckr_pat_[{_WORD}_\\-]{{27}}{_END}"),
        _keys("DigitalOcean", f"do[opr]_v1_[0-9a-f]{{64}}{_END}"),
        _keys("Shopify", f"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{{32}}{_END}"),
        _keys("Telegram bot", f"[0-9]{{8,10}}:AA[{_WORD}_\\-]{{33}}{_END}"),
        _keys("Azure storage", "AccountKey=[0-9A-Za-z+/]{86}=="),
        _keys("Alibaba Cloud", f"LTAI[{_WORD}]{{12,26}}{_END}"),
        _keys("Tencent Cloud", f"AKID[{_WORD}]{{32}}{_END}"),
        _keys("age", "AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("aws", "secret", "access_key", "accesskey", "api_key", "apikey", "密钥", "密鑰", "秘钥")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse forty characters that are a path, a hash or a word rather than random; the prefixes of all others speak for themselves."""
        if len(pattern_text) != 40 or re.match("[0-9A-Za-z]+[_\\-.]", pattern_text):  # noqa: PLR2004
            return None
        kinds = (str.isupper, str.islower, str.isdigit)
        return None if all(any(kind(char) for char in pattern_text) for kind in kinds) else False


class PrivateKeyRecognizer(IdentifierRecognizer):
    r"""Finds private keys in PEM: the last word of the header, full lines of the body, and the whole where line breaks are written ``\n``.

    No pattern may match a line break or words with blanks between them, so the header's other words (they are public) and the last short
    line of the body stay. A full body line has the form of any PEM line: certificates, which are public, are found too.
    """

    ENTITY: ClassVar[str] = "PRIVATE_KEY"
    NORM: ClassVar[str] = "RFC 7468 sections 2, 10 and 11; OpenSSH PROTOCOL.key"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("end of header or footer", f"{_START}(?-i:KEY)-----(?!\\\\)", 0.1),
        Pattern(
            "key with written line breaks",
            f"{_START}(?-i:KEY)-----(?:\\\\r)?\\\\n(?:[{_WORD}+/=]{{1,76}}\\\\n){{1,60}}(?:-----(?-i:END))?",
            0.95,
        ),
        Pattern("first line of an OpenSSH key", f"{_START}(?-i:b3BlbnNzaC1rZXktdjE)[{_WORD}+/]{{20,64}}", 0.95),
        Pattern("first line of a PKCS key", f"{_START}(?-i:MII[BCEGJ]|MHcCAQEE|MHQCAQEE|MIG[2HN])[{_WORD}+/]{{40,80}}(?![{_WORD}+/])", 0.4),
        Pattern("full line", f"(?<![{_WORD}+/=_\\-])(?:[{_WORD}+/]{{64}}|[{_WORD}+/]{{70}})(?![{_WORD}+/=_\\-])", 0.4),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("private", "私钥", "私鑰", "秘密鍵")

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse a full line without capitals, small letters and digits: a hash in hexadecimal has the same length."""
        if pattern_text.upper().startswith("KEY-----"):
            return None
        kinds = (str.isupper, str.islower, str.isdigit)
        return None if all(any(kind(char) for char in pattern_text) for kind in kinds) else False


class SignedTokenRecognizer(IdentifierRecognizer):
    """Finds JSON Web Tokens: header, claims and signature, each up to 1,024 characters."""

    ENTITY: ClassVar[str] = "JWT"
    NORM: ClassVar[str] = "RFC 7519; RFC 7515 section 7.1"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        _keys("three parts", f"eyJ[{_WORD}_\\-]{{8,1024}}\\.eyJ[{_WORD}_\\-]{{2,1024}}\\.[{_WORD}_\\-]{{10,1024}}", 0.95),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("jwt", "bearer", "token", "令牌")


class ConnectionStringRecognizer(IdentifierRecognizer):
    """Finds URLs of databases and queues with a password in them, and Azure's and JDBC's strings; each part has its cap, 512 at most."""

    ENTITY: ClassVar[str] = "CONNECTION_STRING"
    NORM: ClassVar[str] = "RFC 3986 section 3.2.1; libpq, MongoDB, Redis and AMQP connection URIs"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "URL with user and password",
            f"{_START}(?:postgres(?:ql)?|mysqlx?|mariadb|mssql|sqlserver|oracle|mongodb|rediss?|amqps?|kafka|clickhouse|cockroachdb|snowflake|nats|mqtts?)"
            "(?:\\+[0-9a-z]{1,20})?://[!#-&(-.0-9;=A-Z_a-z~]{0,128}:[!#-&(-.0-;=@-Z_a-z|~^]{1,256}@[0-9A-Za-z\\[][0-9A-Za-z.\\-:,\\]]{0,253}"
            "(?:/[0-9A-Za-z_.\\-?=&%/+]{0,255})?",
            0.9,
        ),
        Pattern(
            "Azure",
            f"{_START}DefaultEndpointsProtocol=https?;AccountName=[{_WORD}]{{1,64}};AccountKey=[{_WORD}+/]{{86}}==(?:;EndpointSuffix=[{_WORD}.]{{1,64}})?",
            0.95,
        ),
        Pattern(
            "JDBC",
            f"{_START}jdbc:[0-9a-z:]{{2,32}}//[0-9A-Za-z.\\-:,/_]{{1,255}}[?;][0-9A-Za-z_.\\-=&;%]{{0,128}}password=[^\\s&;\"'<>，。；、：！？…]{{1,128}}",
            0.9,
        ),
    )


_LABEL = re.compile("(?:[0-9A-Za-z_.\\-]*(?:password|passwd|passphrase|pwd|secret|密码|口令|密碼))[\"']?[=:][\"']?", re.IGNORECASE)
_NOT_A_PASSWORD = frozenset(
    (  # noqa: SIM905 - a list literal of these takes a line each
        "sha1 sha224 sha256 sha384 sha512 sha-1 sha-256 sha-512 sha3 md4 md5 base32 base58 base64 utf8 utf-8 utf16 utf-16 "
        "oauth2 oauth2.0 pbkdf2 argon2 argon2i argon2d argon2id bcrypt2 aes128 aes192 aes256 aes-128 aes-256 rsa2048 rsa4096 "
        "rsa-2048 rsa-4096 ed25519 x25519 curve25519 blake2 blake2b blake2s blake3 chacha20 http2 http/2 ipv4 ipv6 x509 win32 "
        "win64 windows10 windows11 python3 log4j fido2 tls1.2 tls1.3 64-bit 32-bit 128-bit 256-bit 512-bit 8-character "
        "12-character 16-character"
    ).split()
)
_PASSWORD_CHARS_MIN = 6
_CHARS = "0-9A-Za-z!@#$%^&*_\\-+~"
_PLACEHOLDERS = re.compile(r"[*•.xX_\-]+|<.*|\$.*|\{.*|%.*|os\..*|process\..*|getenv.*|null|none|true|false|str|string", re.IGNORECASE)


class PasswordRecognizer(IdentifierRecognizer):
    """Finds passwords behind a label (``password=…``, ``pwd:…``), and words of letters with digits where a word beside them says password.

    Of a labelled one the value alone is reported, up to 128 characters. A password that is a plain word, with a blank or a wide colon
    between it and its label, is not found: nothing but its place tells it from other words.
    """

    ENTITY: ClassVar[str] = "PASSWORD"
    NORM: ClassVar[str] = "NIST SP 800-63B section 3.1.1"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern(
            "labelled",
            "(?<![0-9A-Za-z$%])(?:[0-9A-Za-z_.\\-]{0,32}(?:password|passwd|passphrase|pwd|db_secret|client_secret)|密码|口令|密碼)[\"']?[=:][\"']?"
            "[^\\s\"'<>()，。；、：！？…]{4,128}",
            0.7,
        ),
        Pattern("letters with digits", f"(?<![{_CHARS}])[A-Za-z!@#$%^&*_\\-+~]{{1,40}}[0-9][{_CHARS}.?]{{0,40}}", 0.05),
        Pattern("digits with letters", f"(?<![{_CHARS}])[0-9]{{1,40}}[A-Za-z!@#$%^&*_+~][{_CHARS}.?]{{0,40}}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *("password", "passwd", "pwd", "passphrase", "passcode", "密码", "口令", "密碼", "パスワード", "비밀번호", "passwort", "kennwort"),
        *("contraseña", "senha", "wachtwoord", "hasło", "kata_sandi", "mật_khẩu", "รหัสผ่าน"),
    )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Refuse place holders, names of algorithms, code, and what has too little of either letters or digits."""
        label = _LABEL.match(pattern_text)
        if label:
            return False if _PLACEHOLDERS.fullmatch(pattern_text[label.end() :].rstrip(";,&")) else None
        core = pattern_text.rstrip(".,;:!?")
        if len(core) < _PASSWORD_CHARS_MIN or core.lower() in _NOT_A_PASSWORD:
            return False
        return None if any(char.isalpha() for char in core) and any(char.isdigit() for char in core) else False

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None, regex_flags: int | None = None
    ) -> list[RecognizerResult]:
        """Return the passwords without their labels and without the punctuation of the sentence."""
        found: list[RecognizerResult] = super().analyze(text, entities, nlp_artifacts, regex_flags)
        for one in found:
            label = _LABEL.match(text, one.start, one.end)
            if label:
                one.start = label.end()
            one.end = one.start + len(text[one.start : one.end].rstrip(".,;&"))
        return [one for one in found if one.start < one.end]

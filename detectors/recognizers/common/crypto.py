"""Addresses of Bitcoin, Ethereum and Tron."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from presidio_analyzer import Pattern
from stdnum import bitcoin

from detectors.recognizers.alphabet import NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.common.keccak import keccak_256
from detectors.recognizers.identifier import IdentifierRecognizer

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32M_CHECK = 0x2BC830A3
_PAYLOAD_BYTES = 25
_TRON_VERSION = 0x41
_UPPER_NIBBLE_MIN = 8


def base58check(address: str) -> bytes | None:
    """Return version and hash of an address whose four check bytes hold, else None."""
    number = 0
    for char in address:
        digit = _BASE58.find(char)
        if digit < 0:
            return None
        number = number * 58 + digit
    if number.bit_length() > 8 * _PAYLOAD_BYTES:
        return None
    raw = number.to_bytes(_PAYLOAD_BYTES, "big")
    return raw[:-4] if hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:] else None


def is_segwit(address: str) -> bool:
    """Tell whether a Bitcoin address in lower case is one of Bech32 (BIP 173) or, from witness version 1 on, Bech32m (BIP 350)."""
    if bitcoin.is_valid(address):
        return address[3] == _BECH32[0]
    hrp, _, body = address.partition("1")
    values = [_BECH32.find(char) for char in body]
    if min(values, default=-1) < 0 or values[0] == 0:
        return False
    expanded = [ord(char) >> 5 for char in hrp] + [0] + [ord(char) & 31 for char in hrp]
    return bitcoin.bech32_checksum(expanded + values) == _BECH32M_CHECK


def has_case_check(address: str) -> bool | None:
    """Return whether the case of an Ethereum address holds its check (EIP-55), None where it has one case only."""
    digits = address[2:]
    if digits in {digits.lower(), digits.upper()}:
        return None
    proof = keccak_256(digits.lower().encode()).hex()
    return all(
        not char.isalpha() or char.isupper() == (int(nibble, 16) >= _UPPER_NIBBLE_MIN) for char, nibble in zip(digits, proof, strict=False)
    )


class WalletAddressRecognizer(IdentifierRecognizer):
    """Finds Bitcoin, Ethereum and Tron addresses; one whose check holds has score 1.

    An Ethereum address in one case has no check, and is also what a hash looks like: a word beside it must speak for it.
    """

    ENTITY: ClassVar[str] = "CRYPTO"
    NORM: ClassVar[str] = "Bitcoin BIP 13, BIP 173, BIP 350; ERC-55; TRON protocol, section addresses"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("Bitcoin, Base58", f"{NOT_AFTER_ALNUM}(?-i:[13][1-9A-HJ-NP-Za-km-z]{{25,34}}){NOT_BEFORE_ALNUM}", 0.5),
        Pattern("Bitcoin, Bech32", f"{NOT_AFTER_ALNUM}bc1[02-9ac-hj-np-z]{{11,71}}{NOT_BEFORE_ALNUM}", 0.5),
        Pattern("Ethereum", f"{NOT_AFTER_ALNUM}0x[0-9a-f]{{40}}{NOT_BEFORE_ALNUM}", 0.3),
        Pattern("Tron", f"{NOT_AFTER_ALNUM}(?-i:T[1-9A-HJ-NP-Za-km-z]{{33}}){NOT_BEFORE_ALNUM}", 0.5),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        *(
            "wallet",
            "btc",
            "bitcoin",
            "eth",
            "ethereum",
            "usdt",
            "trx",
            "tron",
            "crypto",
            "钱包",
            "錢包",
            "比特币",
            "以太坊",
            "ウォレット",
            "지갑",
        ),
    )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Check as the chain does; here case matters."""
        if pattern_text[:2].lower() == "0x":
            return has_case_check(pattern_text)
        if pattern_text[:3].lower() == "bc1":
            one_case = pattern_text in {pattern_text.lower(), pattern_text.upper()}
            return one_case and is_segwit(pattern_text.lower())
        body = base58check(pattern_text)
        return body is not None and (body[0] == _TRON_VERSION) == pattern_text.startswith("T")

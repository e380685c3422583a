"""Format-preserving encryption gives NIST's own ciphertexts, and a permutation of any range it allows."""

from __future__ import annotations

import pytest

from detectors.redaction.ff1 import RANGE_MIN, Ff1, permute, restore
from schemas.errors import InvariantError

NUMERALS = "0123456789abcdefghijklmnopqrstuvwxyz"
KEY = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94"
NO_TWEAK, DIGITS, LETTERS = "", "39383736353433323130", "3737373770717273373737"
# NIST, Cryptographic Standards and Guidelines, examples with intermediate values: FF1samples, samples 1 to 9.
SAMPLES = [
    (128, 10, NO_TWEAK, "0123456789", "2433477484"),
    (128, 10, DIGITS, "0123456789", "6124200773"),
    (128, 36, LETTERS, "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (192, 10, NO_TWEAK, "0123456789", "2830668132"),
    (192, 10, DIGITS, "0123456789", "2496655549"),
    (192, 36, LETTERS, "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (256, 10, NO_TWEAK, "0123456789", "6657667009"),
    (256, 10, DIGITS, "0123456789", "1001623463"),
    (256, 36, LETTERS, "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


@pytest.mark.parametrize(("bits", "radix", "tweak", "plain", "secret"), SAMPLES)
def test_the_sample_ciphertexts_of_nist(bits: int, radix: int, tweak: str, plain: str, secret: str) -> None:
    cipher = Ff1(bytes.fromhex(KEY)[: bits // 8])
    assert cipher.encrypt(int(plain, radix), radix, len(plain), bytes.fromhex(tweak)) == int(secret, radix)
    assert cipher.decrypt(int(secret, radix), radix, len(plain), bytes.fromhex(tweak)) == int(plain, radix)


def test_a_string_longer_than_one_block_comes_back() -> None:
    cipher = Ff1(bytes(32))
    number = 3**200 - 5
    secret = cipher.encrypt(number, 3, 200, b"t")
    assert secret != number
    assert cipher.decrypt(secret, 3, 200, b"t") == number


@pytest.mark.parametrize("size", [RANGE_MIN, RANGE_MIN + 1, 2**20, 2**20 + 1, 26 * 10**9])
def test_a_range_that_is_no_power_of_two_is_permuted_within_itself(size: int) -> None:
    numbers = [0, 1, 2, size // 2, size - 2, size - 1]
    sent = [permute(bytes(32), number, size, b"") for number in numbers]
    assert all(0 <= number < size for number in sent)
    assert len(set(sent)) == len(numbers)
    assert [restore(bytes(32), number, size, b"") for number in sent] == numbers


def test_key_and_tweak_both_decide_where_a_number_goes() -> None:
    assert len({permute(key, 5, 10**12, tweak) for key in (bytes(32), b"k" * 32) for tweak in (b"", b"a", b"b")}) == 6


@pytest.mark.parametrize(("number", "size"), [(0, RANGE_MIN - 1), (-1, 10**7), (10**7, 10**7)])
def test_a_range_too_small_or_a_number_outside_is_refused(number: int, size: int) -> None:
    with pytest.raises(InvariantError):
        permute(bytes(32), number, size, b"")
    with pytest.raises(InvariantError):
        restore(bytes(32), number, size, b"")


def test_fewer_strings_than_a_million_are_refused() -> None:
    with pytest.raises(InvariantError):
        Ff1(bytes(16)).encrypt(1, 10, 5)

"""Signed folders of rules: which files belong there, with which content, and who says so.

A folder holds a file ``SIGNED``: a C2SP signed note (Ed25519, RFC 8032) over one line for each YAML file, its name and the SHA-256 of its
canonical bytes, so comments and layout may change and nothing else. A file that is unsigned, altered, missing or too many stops the start.

    python -m jurisdictions.signing new NAME --key FILE            make a private key (mode 0600), print the public one
    python -m jurisdictions.signing sign DIR... --key FILE [--name NAME]
    python -m jurisdictions.signing verify DIR... [--key VKEY]

``--key`` of ``verify`` takes a verifier key or a file of them; without it, the key of this release. A second ``sign`` by another key adds
a signature where the content is the same: an overlay with waivers needs that of the one who granted them.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from jurisdictions.lists import PACKS, canonical_bytes, read_yaml
from jurisdictions.versions import texts_in
from schemas.errors import PackError

SIGNED = "SIGNED"
RELEASE_KEY = PACKS / "key.vkey"
RELEASE_NAME = "carnet.example/packs"

_HEADER = "carnet signed rules v1"  # no other note of ours begins so: a signature over something else cannot be shown for this
_ED25519 = b"\x01"
_KEY_HASH_BYTES = 4
_KEY_BYTES = 32
_SIGNATURES_MAX = 100
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_FILE_LINE = re.compile(r"([^\s/]+) ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key under a name; both are in the four bytes by which a signature names its key."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, vkey: str) -> Key:
        """Read a verifier key, ``name+hash+base64(0x01 || public key)``.

        Raises:
            PackError: It is none of an Ed25519 key, or its hash does not belong to it.
        """
        name, _, rest = vkey.strip().partition("+")
        digest, _, encoded = rest.partition("+")
        raw = _decoded(encoded, "verifier key")
        if not _NAME.fullmatch(name) or len(raw) != 1 + _KEY_BYTES or raw[:1] != _ED25519:
            raise PackError("verifier key: not of the form name+hash+base64 of an Ed25519 key")
        key = cls(name, raw[1:])
        if key.hash.hex() != digest:
            raise PackError(f"verifier key {name}: its hash must be {key.hash.hex()}")
        return key

    @classmethod
    def of(cls, name: str, private: Ed25519PrivateKey) -> Key:
        """The public half of a private key.

        Raises:
            PackError: A note cannot carry the name.
        """
        check_name(name)
        return cls(name, private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))

    @property
    def hash(self) -> bytes:
        """The key's short name in a signature."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_KEY_HASH_BYTES]

    @property
    def vkey(self) -> str:
        """The verifier key, for publication."""
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    def has_signed(self, text: str, signatures: Sequence[tuple[str, bytes]]) -> bool:
        """Whether one of the signatures names this key; one that does and is not by it is refused.

        Raises:
            PackError: Such a one.
        """
        own = [signature for name, signature in signatures if name == self.name and signature[:_KEY_HASH_BYTES] == self.hash]
        for signature in own:
            try:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature[_KEY_HASH_BYTES:], text.encode())
            except InvalidSignature as error:
                raise PackError(f"{SIGNED}: the signature of {self.name} does not verify") from error
        return bool(own)


def check_name(name: str) -> None:
    """Refuse a name that a note cannot carry.

    Raises:
        PackError: It is empty or contains blanks or plus signs.
    """
    if not _NAME.fullmatch(name):
        raise PackError("the name of a key must not be empty nor contain blanks or plus signs")


@dataclass(frozen=True, slots=True)
class SignedFolder:
    """Files that were read and found as signed.

    Attributes:
        texts: File name → text, as it was when it was checked.
        signers: The keys asked for that have signed, as verifier keys.
    """

    texts: Mapping[str, str]
    signers: frozenset[str]


def release_key() -> str:
    """The verifier key of the packs of this release.

    Raises:
        PackError: It is not there.
    """
    try:
        return RELEASE_KEY.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{RELEASE_KEY.name}: cannot be read ({type(error).__name__})") from error


def read_vkeys(path: Path) -> tuple[str, ...]:
    """The verifier keys of a file, one a line; empty lines and those that begin with ``#`` are passed over.

    Raises:
        PackError: The file cannot be read, or a line is no verifier key.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name}: cannot be read ({type(error).__name__})") from error
    return tuple(Key.parse(line).vkey for line in lines if line.strip() and not line.startswith("#"))


def open_folder(folder: Path, vkeys: Sequence[str]) -> SignedFolder:
    """Read a folder of which every file is as somebody has signed it.

    Args:
        folder: With a file ``SIGNED``.
        vkeys: Who may sign; the signature of one of them is enough.

    Raises:
        PackError: Not signed, not by them, or a file is altered, missing or too many; the message names it.
    """
    try:
        note = (folder / SIGNED).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{folder.name}/{SIGNED}: cannot be read ({type(error).__name__}): the folder is not signed") from error
    text, signatures = _take_apart(note)
    signers = frozenset(key.vkey for key in map(Key.parse, vkeys) if key.has_signed(text, signatures))
    if not signers:
        named = ", ".join(name for name, _ in signatures[:3])
        raise PackError(f"{folder.name}/{SIGNED}: signed by {named}, by none of the keys that may sign")
    listed = _listed(text)
    texts = texts_in(folder)
    for name in sorted(listed.keys() | texts.keys()):
        if name not in listed:
            raise PackError(f"{name}: not signed; it was added to {folder.name} after it was signed")
        if name not in texts:
            raise PackError(f"{name}: signed, and missing in {folder.name}")
        if _digest(name, texts[name]) != listed[name]:
            raise PackError(f"{name}: altered after {folder.name} was signed")
    return SignedFolder(texts, signers)


def sign_folder(folder: Path, private: Ed25519PrivateKey, name: str) -> str:
    """Return the note for the files of a folder as they are, with the signatures that it has already and that still hold.

    Raises:
        PackError: A file is not YAML or belongs to no pack, or the name cannot stand in a note.
    """
    key = Key.of(name, private)
    files = texts_in(folder)
    text = "".join(f"{line}\n" for line in (_HEADER, *(f"{file} {_digest(file, content)}" for file, content in sorted(files.items()))))
    lines = [] if not (folder / SIGNED).exists() else _lines_for(text, (folder / SIGNED).read_bytes().decode("utf-8", "replace"), key)
    encoded = base64.b64encode(key.hash + private.sign(text.encode())).decode()
    return "".join(f"{line}\n" for line in (text, *lines, f"— {name} {encoded}"))


def _lines_for(text: str, note: str, but: Key) -> list[str]:
    """The signature lines of an earlier note over the same text, but for those of one key."""
    before, _, tail = note.rpartition("\n\n")
    if before + "\n" != text:
        return []
    _, signatures = _take_apart(note)
    return [
        line
        for line, (name, signature) in zip(tail.splitlines(), signatures, strict=True)
        if (name, signature[:_KEY_HASH_BYTES]) != (but.name, but.hash)
    ]


def _digest(file: str, text: str) -> str:
    """SHA-256 of the canonical bytes of a file, in hexadecimal."""
    try:
        return hashlib.sha256(canonical_bytes(read_yaml(text))).hexdigest()
    except PackError as error:
        raise PackError(f"{file}: {error.detail}") from error


def _listed(text: str) -> dict[str, str]:
    """File name → digest, as a note has them."""
    header, *lines = text.splitlines()
    if header != _HEADER:
        raise PackError(f"{SIGNED}: a note over something else than a folder of rules")
    matches = [_FILE_LINE.fullmatch(line) for line in lines]
    listed = {match[1]: match[2] for match in matches if match is not None}
    if len(listed) != len(lines):
        raise PackError(f"{SIGNED}: a line that is no file name and digest, or a file twice")
    return listed


def _take_apart(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a note, and its signatures as pairs of key name and (key hash || signature)."""
    text, separator, tail = note.rpartition("\n\n")
    lines = tail[:-1].split("\n")
    if not separator or not text or not tail.endswith("\n") or len(lines) > _SIGNATURES_MAX:
        raise PackError(f"{SIGNED}: no signed note")
    matches = [_SIGNATURE_LINE.fullmatch(line) for line in lines]
    signatures = [(match[1], _decoded(match[2], SIGNED)) for match in matches if match is not None]
    if len(signatures) != len(lines):
        raise PackError(f"{SIGNED}: a signature line is malformed")
    return text + "\n", signatures


def _decoded(text: str, where: str) -> bytes:
    """Base64 in its one canonical spelling."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PackError(f"{where}: not base64") from error
    if base64.b64encode(value).decode() != text:
        raise PackError(f"{where}: base64 that is not canonical")
    return value


def read_private(path: Path) -> Ed25519PrivateKey:
    """Return the private key of a PEM file (PKCS#8, not encrypted).

    Raises:
        PackError: It is none of Ed25519, or cannot be read.
    """
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise PackError(f"{path.name}: cannot be used as a key ({type(error).__name__})") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PackError(f"{path.name}: not an Ed25519 key")
    return key


def write_private(path: Path) -> Ed25519PrivateKey:
    """Make a key and write it where no file is yet, readable by its owner alone.

    Raises:
        PackError: The file exists or cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
    except OSError as error:
        raise PackError(f"{path.name}: cannot be written ({type(error).__name__})") from error
    return key


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if it did what it says, 1 with one line on stderr if not."""
    parser = argparse.ArgumentParser(prog="python -m jurisdictions.signing", description="Sign and verify folders of rules.")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="make a key")
    new.add_argument("name")
    new.add_argument("--key", type=Path, required=True, help="file for the private key; must not exist")
    sign = commands.add_parser("sign", help="sign folders as they are")
    sign.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    sign.add_argument("--key", type=Path, required=True, help="file with the private key")
    sign.add_argument("--name", default=RELEASE_NAME, help="name of the key, as its verifier key has it")
    verify = commands.add_parser("verify", help="check folders")
    verify.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    verify.add_argument("--key", help="verifier key, or a file of them; else the key of this release")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "new":
            sys.stdout.write(_new(chosen.name, chosen.key) + "\n")
            return 0
        for folder in chosen.folders:
            said = _sign(folder, chosen.key, chosen.name) if chosen.command == "sign" else _verify(folder, chosen.key)
            sys.stdout.write(said + "\n")
    except PackError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _new(name: str, key: Path) -> str:
    check_name(name)
    return Key.of(name, write_private(key)).vkey


def _sign(folder: Path, key: Path, name: str) -> str:
    private = read_private(key)
    note = sign_folder(folder, private, name)
    (folder / SIGNED).write_bytes(note.encode())
    return f"{folder.name}: {len(texts_in(folder))} files signed by {Key.of(name, private).vkey}"


def _verify(folder: Path, key: str | None) -> str:
    if key is None:
        vkeys: tuple[str, ...] = (release_key(),)
    else:
        vkeys = read_vkeys(Path(key)) if Path(key).is_file() else (key,)
    signed = open_folder(folder, vkeys)
    return f"{folder.name}: {len(signed.texts)} files as signed by {', '.join(sorted(signed.signers))}"


if __name__ == "__main__":
    raise SystemExit(main())

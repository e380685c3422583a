"""Packs that are not exactly what somebody has signed stop the start, and the message names the file."""

import base64
import re
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Verifier, verifier_key
from jurisdictions.lists import LISTS, PACKS
from jurisdictions.pack import load_packs
from jurisdictions.signing import SIGNED, Key, main, open_folder, read_vkeys, sign_folder
from schemas.errors import ConfigurationError, PackError

NAME = "ops.example/packs"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
VKEY = Key.of(NAME, PRIVATE).vkey
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(7, 39)))
PACK = "id: {}\nversion: 1.0.0\ntitle: For tests\nassume: {{ciio: {{value: false, declared_by: nobody, note: none}}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("aa", "bb"):
        (tmp_path / f"{name}.v1.yaml").write_text(PACK.format(name), "utf-8")
    (tmp_path / SIGNED).write_text(sign_folder(tmp_path, PRIVATE, NAME), "utf-8")
    return tmp_path


def refusal(folder: Path, key: str = VKEY) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_packs(folder, signed=True, key=key)
    return str(caught.value)


def test_packs_as_they_were_signed_are_loaded(folder: Path) -> None:
    assert [pack.id for pack in load_packs(folder, signed=True, key=VKEY)] == ["aa", "bb"]


def test_comments_and_layout_may_change(folder: Path) -> None:
    path = folder / "aa.v1.yaml"
    path.write_text("# a remark\n" + path.read_text("utf-8").replace("title: For", "title:   For"), "utf-8")
    assert len(load_packs(folder, signed=True, key=VKEY)) == 2


def test_an_altered_pack_is_refused(folder: Path) -> None:
    path = folder / "aa.v1.yaml"
    path.write_text(path.read_text("utf-8").replace("false", "true"), "utf-8")
    assert "aa.v1.yaml: altered" in refusal(folder)


def test_a_missing_pack_is_refused(folder: Path) -> None:
    (folder / "bb.v1.yaml").unlink()
    assert "bb.v1.yaml: signed, and missing" in refusal(folder)


@pytest.mark.parametrize("file", ["cc.v1.yaml", "cc.overlay.yaml"])
def test_an_additional_file_is_refused(folder: Path, file: str) -> None:
    (folder / file).write_text(PACK.format("cc"), "utf-8")
    assert f"{file}: not signed" in refusal(folder)


def test_a_pack_under_another_packs_name_is_refused(folder: Path) -> None:
    one, other = (folder / f"{name}.v1.yaml" for name in ("aa", "bb"))
    text = one.read_text("utf-8")
    one.write_text(other.read_text("utf-8"), "utf-8")
    other.write_text(text, "utf-8")
    assert "aa.v1.yaml: altered" in refusal(folder)


def test_a_folder_without_a_signature_is_refused(folder: Path) -> None:
    (folder / SIGNED).unlink()
    assert "the folder is not signed" in refusal(folder)


def test_the_signature_of_a_stranger_is_refused(folder: Path) -> None:
    (folder / SIGNED).write_text(sign_folder(folder, STRANGER, "else.example/packs"), "utf-8")
    assert load_packs(folder, signed=True, key=VKEY)  # a second signature does no harm
    assert "by none of the keys" in refusal(folder, Key.of("third.example/packs", STRANGER).vkey)


def test_a_stranger_under_our_name_is_refused(folder: Path) -> None:
    (folder / SIGNED).unlink()
    (folder / SIGNED).write_text(sign_folder(folder, STRANGER, NAME), "utf-8")
    assert "by none of the keys" in refusal(folder)


def test_a_list_of_files_that_was_changed_does_not_verify(folder: Path) -> None:
    note = (folder / SIGNED).read_text("utf-8")
    digest = re.search(r"aa\.v1\.yaml ([0-9a-f]{64})", note)
    assert digest is not None
    (folder / SIGNED).write_text(note.replace(digest[1], "0" * 64), "utf-8")
    assert f"the signature of {NAME} does not verify" in refusal(folder)


@pytest.mark.parametrize("note", ["", "carnet signed rules v1\n", "a\n\n— b c\n", "a\n\n— b YQ==", "\n\n— b YQ==\n", "a\n\nb\n"])
def test_what_is_no_signed_note_is_refused(folder: Path, note: str) -> None:
    (folder / SIGNED).write_text(note, "utf-8")
    assert SIGNED in refusal(folder)


def test_a_note_over_something_else_by_the_same_key_is_refused(folder: Path) -> None:
    files = (folder / SIGNED).read_text("utf-8").partition("\n")[2].partition("\n\n")[0]
    for text in (f"carnet.example/audit/0\n{files}\n", f"carnet signed rules v1\n{files}\n{files}\n"):
        key = Key.parse(VKEY)
        line = base64.b64encode(key.hash + PRIVATE.sign(text.encode())).decode()
        (folder / SIGNED).write_text(f"{text}\n— {NAME} {line}\n", "utf-8")
        assert SIGNED in refusal(folder)


def test_packs_of_your_own_need_a_key_of_your_own(folder: Path) -> None:
    with pytest.raises(PackError, match="need the key that signed them"):
        load_packs(folder, signed=True)


def test_the_note_and_the_key_are_those_of_the_ledgers_tools(folder: Path) -> None:
    assert verifier_key(NAME, PRIVATE.public_key()) == VKEY
    text = Verifier(VKEY).open((folder / SIGNED).read_text("utf-8"))
    assert [line.split()[0] for line in text.splitlines()[1:]] == ["aa.v1.yaml", "bb.v1.yaml"]


@pytest.mark.parametrize("vkey", ["", "name", "name+00000000+YQ==", VKEY.replace("+", "+0", 1), VKEY[:-4], "a b" + VKEY])
def test_what_is_no_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(PackError):
        Key.parse(vkey)


def test_a_file_of_keys_may_have_remarks(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(f"# who may\n\n{VKEY}\n", "utf-8")
    assert read_vkeys(tmp_path / "keys") == (VKEY,)


def test_the_command_makes_a_key_signs_and_verifies(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "private.pem"
    assert main(["new", "me.example/packs", "--key", str(key)]) == 0
    vkey = capsys.readouterr().out.strip()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert main(["sign", str(folder), "--key", str(key), "--name", "me.example/packs"]) == 0
    assert vkey in capsys.readouterr().out
    assert main(["verify", str(folder), "--key", vkey]) == 0
    assert open_folder(folder, (VKEY, vkey)).signers == {VKEY, vkey}
    (folder / "aa.v1.yaml").unlink()
    assert main(["verify", str(folder), "--key", vkey]) == 1
    assert "aa.v1.yaml" in capsys.readouterr().err


def test_the_command_never_overwrites_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "private.pem"
    assert main(["new", "me.example/packs", "--key", str(key)]) == 0
    content = key.read_bytes()
    assert main(["new", "me.example/packs", "--key", str(key)]) == 1
    assert key.read_bytes() == content
    assert "private.pem" in capsys.readouterr().err


@pytest.mark.parametrize("source", [PACKS, LISTS])
def test_the_shipped_files_can_be_signed(tmp_path: Path, source: Path) -> None:
    for path in source.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / SIGNED).write_text(sign_folder(tmp_path, PRIVATE, NAME), "utf-8")
    assert len(open_folder(tmp_path, (VKEY,)).texts) == len(list(source.glob("*.yaml")))

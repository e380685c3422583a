"""What a stranger has: the folder ``audit`` alone beside ``cryptography``, or one page in a browser. Both come to the same verdict."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit.notes import UnusableKeyError
from audit.plain_avro import ENTRY
from audit.proof import Proof, RefusedProofError, check
from tests.golden.ledger_example import LEDGER_NAME, OTHER_KEY, VKEY, verifier_key
from tests.unit.audit.test_proof import LOG, TEXT, after_review, proof_of, proof_text_of_others, with_text

ROOT = Path(__file__).parents[3]
LINES_MAX = 1_200
PAGE = ROOT / "audit" / "page" / "verify.html"
NODE = shutil.which("node")

# Runs `python -m audit` as a stranger has it; every import that is neither of the standard library nor needed for Ed25519 fails.
STRANGER = """
import json, runpy, sys
from pathlib import Path

folder, code = sys.argv.pop(1), 0
allowed = sys.stdlib_module_names | {"audit", "cryptography", "cffi", "_cffi_backend", "typing_extensions"}

class Fence:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in allowed:
            raise ModuleNotFoundError(f"fenced off: {name}", name=name)
        return None

sys.meta_path.insert(0, Fence())
sys.path.insert(0, folder)
try:
    runpy.run_module("audit", run_name="__main__", alter_sys=True)
except SystemExit as end:
    code = int(end.code)
ours = {str(m.__file__) for n, m in sys.modules.items() if n.partition(".")[0] == "audit"} | {str(Path(folder, "audit/__main__.py"))}
sys.stderr.write(json.dumps(sorted(ours)) + "\\n")
sys.exit(code)
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a copy of ``audit`` and nothing else."""
    folder = tmp_path_factory.mktemp("stranger")
    shutil.copytree(ROOT / "audit", folder / "audit", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "proof.json").write_text(with_text().text(), encoding="utf-8")
    (folder / "altered.json").write_text(with_text(TEXT[:-1]).text(), encoding="utf-8")
    (folder / "foreign.json").write_text(proof_text_of_others(), encoding="utf-8")
    return folder


def verify(folder: Path, name: str) -> tuple[int, str, str]:
    """Return the exit code, what was printed, and what went to standard error."""
    arguments = [sys.executable, "-I", "-X", "utf8", "-c", STRANGER, str(folder), "verify", str(folder / name), "--key", VKEY]
    ran = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, timeout=60, encoding="utf-8")
    return ran.returncode, ran.stdout, ran.stderr


def test_the_copied_folder_checks_a_proof(copied: Path) -> None:
    code, shown, said = verify(copied, "proof.json")
    assert (code, shown.partition("\n")[0]) == (0, "verified · entry 0 of carnet.example/audit/2, one of 2 that are signed")
    loaded = json.loads(said.splitlines()[-1])
    assert all(Path(path).is_relative_to(copied) for path in loaded)


@pytest.mark.parametrize(("name", "code", "fault"), [("altered.json", 3, "wrong_text"), ("foreign.json", 6, "wrong_key")])
def test_the_copied_folder_refuses_what_does_not_hold(copied: Path, name: str, code: int, fault: str) -> None:
    found, shown, _ = verify(copied, name)
    assert (found, shown.partition(":")[0]) == (code, f"NOT VERIFIED · {fault}")


def test_a_whole_ledger_is_refused_in_one_line_where_the_rest_is_missing(copied: Path) -> None:
    code, shown, said = verify(copied, ".")
    assert (code, shown) == (2, "")
    assert said.splitlines()[0].startswith("audit: ")
    assert "is missing" in said.splitlines()[0]
    assert "Traceback" not in said


def test_what_is_copied_is_short_enough_to_be_read(copied: Path) -> None:
    loaded = json.loads(verify(copied, "proof.json")[2].splitlines()[-1])
    lines = sum(len(Path(path).read_text(encoding="utf-8").splitlines()) for path in loaded)
    assert {Path(path).stem for path in loaded} == {"__init__", "__main__", "hashing", "notes", "plain_avro", "problems", "proof"}
    assert lines < LINES_MAX


def test_the_fence_holds(copied: Path) -> None:
    """Were the fence not to work, the tests above would pass for nothing."""
    path = copied / "audit" / "hashing.py"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("import hashlib", "import hashlib\nimport schemas.errors"), encoding="utf-8")
    code, _, said = verify(copied, "proof.json")
    path.write_text(source, encoding="utf-8")
    assert code == 1
    assert "fenced off: schemas" in said


# Answers each [content in base64, key] of standard input as the page would.
BROWSER = """
const { verifyProof, ENTRY } = require(process.argv[2]);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answer = async () => ({ layout: ENTRY, verdicts: await Promise.all(asked.map(([content, key]) =>
  verifyProof(Uint8Array.from(Buffer.from(content, "base64")), key))) });
answer().then((found) => process.stdout.write(JSON.stringify(found)));
"""


def part_of_page(tag: str) -> str:
    """Return what stands between the only two tags of a name."""
    (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(content)


def asked_of_the_page(folder: Path, asked: list[tuple[bytes, str]]) -> dict[str, Any]:
    """Return what the page's script says; node has the same WebCrypto as a browser, and no document."""
    assert NODE is not None
    (folder / "core.cjs").write_text(part_of_page("script"), encoding="utf-8")
    (folder / "ask.cjs").write_text(BROWSER, encoding="utf-8")
    lines = json.dumps([[base64.b64encode(content).decode(), vkey] for content, vkey in asked])
    arguments = [NODE, str(folder / "ask.cjs"), str(folder / "core.cjs")]
    ran = subprocess.run(arguments, input=lines, capture_output=True, text=True, check=False, timeout=60, encoding="utf-8")
    assert ran.returncode == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def verdict_of_python(content: bytes, vkey: str) -> str:
    try:
        check(Proof.parse(content), vkey)
    except RefusedProofError as refused:
        return str(refused.fault)
    except UnusableKeyError:
        return "unusable_key"
    return "verified"


@pytest.mark.skipif(NODE is None, reason="no node on this machine: the page's script needs a JavaScript engine")
def test_the_page_comes_to_the_same_verdict_as_python(tmp_path: Path) -> None:
    whole = with_text().text().encode()
    asked = [(whole, VKEY), (after_review().text().encode(), VKEY), (b"", VKEY), (b"\xff{}", VKEY), (b"\xef\xbb\xbf" + whole, VKEY)]
    asked += [(proof_of(index, size).text().encode(), VKEY) for index, size in ((0, LOG.sizes[0]), (8, LOG.sizes[3]), (33, LOG.sizes[-1]))]
    asked += [(proof_text_of_others().encode(), VKEY), (with_text("no").text().encode(), VKEY), (with_text(salt=b"").text().encode(), VKEY)]
    asked += [
        (whole, verifier_key(LEDGER_NAME, OTHER_KEY.public_key())),
        (whole, verifier_key("x", OTHER_KEY.public_key())),
        (whole, "no key"),
    ]
    asked += [(whole[:place] + bytes([old ^ 1]) + whole[place + 1 :], VKEY) for place, old in enumerate(whole)]
    fields = json.loads(whole)
    half = json.dumps({**fields, "delivery": {**fields["delivery"], "text": "\ud800"}}).encode()  # half of a surrogate pair
    asked += [(half, VKEY), (json.dumps({**fields, "says": {**fields["says"], "is_last": 0}}).encode(), VKEY)]
    found = [each.get("fault", "verified") for each in asked_of_the_page(tmp_path, asked)["verdicts"]]
    assert found == [verdict_of_python(content, vkey) for content, vkey in asked]
    assert found.count("verified") == 5
    assert {"malformed", "wrong_key", "bad_signature", "altered", "mismatch", "wrong_text", "unusable_key"} < set(found)


@pytest.mark.skipif(NODE is None, reason="no node on this machine: the page's script needs a JavaScript engine")
def test_the_page_shows_what_python_shows_and_reads_the_same_layout(tmp_path: Path) -> None:
    proof = with_text()
    answer = asked_of_the_page(tmp_path, [(proof.text().encode(), VKEY)])
    (shown,) = answer["verdicts"]
    assert shown.pop("text") == TEXT
    assert shown == {"verified": True, **check(proof, VKEY).as_json()}

    def listed(layout: Any) -> Any:
        if isinstance(layout, str):
            return "long" if layout == "int" else layout
        form, inner = layout
        if form == "record":
            return [form, [[name, listed(of)] for name, of in inner.items()]]
        return [form, list(inner) if form == "enum" else listed(inner)]

    assert answer["layout"] == listed(ENTRY)


# As much of a document as the page's form needs: submits a pasted proof, then a file.
FORM = """
const found = {}, make = (id) => ({ id, rows: [], value: "", files: [], append(...more) { this.rows.push(...more); },
  replaceChildren(...rows) { this.rows = rows; }, addEventListener(name, run) { this[name] = run; } });
globalThis.document = { getElementById: (id) => found[id] ??= make(id), createElement: make };
require(process.argv[2]);
const { pasted, file, vkey } = JSON.parse(require("fs").readFileSync(0, "utf8")), shown = [];
const submit = async () => {
  await found.form.submit({ preventDefault() {} });
  shown.push([found.verdict.className, found.verdict.rows[0].textContent, ...found.verdict.rows[1].rows.map((row) => row.textContent)]);
};
for (const id of ["file", "proof", "vkey"]) document.getElementById(id);
Object.assign(found.proof, { value: pasted }); Object.assign(found.vkey, { value: vkey });
submit().then(() => { found.file.files = [new Blob([file])]; return submit(); }).then(() => process.stdout.write(JSON.stringify(shown)));
"""


@pytest.mark.skipif(NODE is None, reason="no node on this machine: the page's script needs a JavaScript engine")
def test_the_form_says_verified_or_why_not(tmp_path: Path) -> None:
    assert NODE is not None
    (tmp_path / "core.cjs").write_text(part_of_page("script"), encoding="utf-8")
    (tmp_path / "form.cjs").write_text(FORM, encoding="utf-8")
    arguments = [NODE, str(tmp_path / "form.cjs"), str(tmp_path / "core.cjs")]
    asked = json.dumps({"pasted": with_text().text(), "file": with_text("no").text(), "vkey": VKEY})
    ran = subprocess.run(arguments, input=asked, capture_output=True, text=True, check=False, timeout=60, encoding="utf-8")
    assert ran.returncode == 0, ran.stderr
    pasted, file = json.loads(ran.stdout)
    assert pasted[:2] == ["good", "Verified: entry 0 of carnet.example/audit/2, one of 2 that are signed"]
    assert pasted[-2:] == ["text", TEXT]
    assert file == ["bad", "Not verified: wrong_text", "why", "entry 0 commits to another text"]


def test_the_page_is_one_file_that_may_load_and_send_nothing() -> None:
    page = PAGE.read_text(encoding="utf-8")
    digests = {tag: base64.b64encode(hashlib.sha256(part_of_page(tag).encode()).digest()).decode() for tag in ("script", "style")}
    policy = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', page)
    script, style = digests["script"], digests["style"]
    assert policy == [f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; form-action 'none'; base-uri 'none'"]
    assert re.findall(r"https?:|//[a-z]|\b(?:src|href|action)=|innerHTML|\bimport\(|fetch\(|XMLHttp|eval\(", page) == []
    assert re.findall(r"<(?:link|img|iframe|object|embed|base)\b", page) == []

"""The pages about the jurisdictions: written from the packs, whole, and as they lie in docs/jurisdictions."""

import re
from pathlib import Path

import pytest

from jurisdictions.documents import main, pages, plain, stale
from jurisdictions.lists import named_sets
from jurisdictions.pack import Rule, load_packs
from jurisdictions.regions import regions

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "docs" / "jurisdictions"
PACKS = load_packs()
PAGES = pages(PACKS)
RULES = [rule for pack in PACKS for rule in pack.rules]


def page_of(rule_id: str) -> str:
    return PAGES[f"{rule_id.split('-', 1)[0].lower()}.md"]


def test_the_committed_pages_are_those_that_the_packs_give() -> None:
    assert stale(FOLDER, PAGES) == {}, "python -m jurisdictions.documents docs/jurisdictions writes them"


def test_the_order_of_the_packs_does_not_matter() -> None:
    assert pages(tuple(reversed(PACKS))) == PAGES


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.id) for rule in RULES])
def test_every_rule_stands_on_its_page_with_source_dates_condition_and_tests(rule: Rule) -> None:
    (section,) = [part for part in page_of(rule.id).split("\n## ") if part.split("\n", 1)[0] == rule.id]
    flat = " ".join(section.split())
    assert plain(rule.title) in flat
    assert plain(rule.citation.law) in flat
    assert f"{rule.citation.checked}: " in flat
    assert str(rule.in_force.since) in section
    assert f"{len(rule.tests)} tests" in section
    assert f"```python\n{' '.join(rule.when.split())}\n```" in section
    assert (rule.citation.quote is None) or plain(rule.citation.quote) in flat
    assert (not rule.disputed) or plain(rule.disputed) in flat


def test_the_overview_names_every_jurisdiction_once_and_every_code_that_no_pack_covers() -> None:
    overview = PAGES["README.md"]
    for region in regions(PACKS):
        assert overview.count(f"]({region.code.lower()}.md)") == 1
    listed = re.search(r"not looked at:\n\n((?:[A-Z]{2}[,.]\s?)+)", overview)
    assert listed is not None
    bare = set(re.findall(r"[A-Z]{2}", listed[1]))
    covered = {code for pack in PACKS for code in pack.covers if pack.id != "default"}
    assert bare == named_sets()["ISO_3166_1"] - covered


def test_every_fact_that_the_operator_declares_is_listed_with_who_and_why() -> None:
    for pack in PACKS:
        for name, one in pack.assume.items():
            assert f"| `{name}` |" in PAGES["README.md"]
            assert plain(one.note) in PAGES["README.md"]


def test_links_between_pages_and_within_them_lead_somewhere() -> None:
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([a-z]+\.md)\)", text):
            assert target in PAGES, name
        headings = {line.removeprefix("## ").lower() for line in text.splitlines() if line.startswith("## ")}
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings, name


def test_each_page_says_that_it_is_no_legal_advice_and_what_wrote_it() -> None:
    for text in PAGES.values():
        head = " ".join(text[:1200].split())
        assert "Engineering support, not legal advice" in head
        assert "python -m jurisdictions.documents" in head


def test_words_of_a_pack_cannot_break_a_table() -> None:
    assert plain("a | b\n<c> *d* _e_ `f` [g]") == r"a \| b \<c\> \*d\* \_e\_ \`f\` \[g\]"
    for text in PAGES.values():
        for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_the_command_writes_the_pages_and_takes_away_those_of_packs_that_are_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "zz.md").write_text("of a pack that is gone")
    assert main([str(tmp_path), "--check"]) == 1
    assert f"{tmp_path.name}/zz.md: left over" in capsys.readouterr().out
    assert main([str(tmp_path)]) == 0
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == PAGES
    assert main([str(tmp_path), "--check"]) == 0
    (tmp_path / "cn.md").write_text("altered")
    capsys.readouterr()
    assert main([str(tmp_path), "--check"]) == 1
    assert capsys.readouterr().out == f"{tmp_path.name}/cn.md: different\n"

"""The pages of ``docs/jurisdictions``, written from the packs: ``python -m jurisdictions.documents docs/jurisdictions``.

The same packs give the same bytes: no page says when it was written or which day it is. ``--check`` writes nothing and says what differs.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from jurisdictions.facts import FactValue
from jurisdictions.lists import named_sets
from jurisdictions.pack import Pack, RedactScope, Rule, load_packs
from jurisdictions.regions import Region, regions
from jurisdictions.shape import ACTIONS, DUTY, OBLIGATIONS, ReviewShape

PREFACE = Path(__file__).with_name("preface.md")
TABLES = "<!-- tables -->"  # where the tables stand in it
READ = {
    "text": "the provision itself was read",
    "secondary": "somebody writing about it was read, not the provision",
    "remembered": "nothing was opened",
}
_MARKUP = re.compile(r"([\\`*_\[\]<>|])")
_LINE_WIDTH = 140


def pages(packs: Sequence[Pack]) -> dict[str, str]:
    """File name → Markdown of every page, for all versions of the packs."""
    found = regions(packs)
    written = {f"{region.code.lower()}.md": _page(region) for region in found}
    return {"README.md": _overview(packs, found), **written}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 if it did what it says, 1 if ``--check`` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m jurisdictions.documents", description="Write the pages about the packs.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the pages lie")
    parser.add_argument("--packs", type=Path, metavar="DIR", help="a folder of packs; those of this release by default")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is missing, different or left over")
    chosen = parser.parse_args(arguments)
    wanted = pages(load_packs(chosen.packs))
    folder: Path = chosen.folder
    if chosen.check:
        wrong = stale(folder, wanted)
        sys.stdout.write("".join(f"{folder.name}/{name}: {reason}\n" for name, reason in wrong.items()))
        return 1 if wrong else 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, reason in stale(folder, wanted).items():
        if reason == "left over":
            (folder / name).unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")
    sys.stdout.write(f"{folder.name}: {len(wanted)} pages\n")
    return 0


def stale(folder: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """File name → what is wrong with it: ``missing``, ``different`` or ``left over``; pages are ``*.md``."""
    there = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))}
    wrong = {name: "missing" if name not in there else "different" for name, text in wanted.items() if there.get(name) != text}
    return dict(sorted((wrong | {name: "left over" for name in there if name not in wanted}).items()))


def plain(text: str) -> str:
    """Text as Markdown shows it literally, in one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _overview(packs: Sequence[Pack], found: Sequence[Region]) -> str:
    rules = [rule for region in found for _, rule in region.rules]
    tests = sum(len(rule.tests) for rule in rules)
    disputed = sum(bool(rule.disputed) for rule in rules)
    read = Counter(rule.citation.checked for rule in rules)
    total = (
        f"{len(found)} jurisdictions, {len(rules)} rules with {tests} tests of their own. Of {read['text']} the provision itself was read, "
        f"of {read['secondary']} somebody writing about it; {read['remembered']} are remembered or our own design. "
        f"{disputed} say what is disputed about them."
    )
    opening, _, closing = PREFACE.read_text("utf-8").partition(TABLES)
    headings = ("", "rules", *reversed(ACTIONS), "duties only", "text read", "secondary", "remembered", "disputed")
    rows = [_overview_row(region) for region in found]
    parts = [
        "# Jurisdictions",
        _origin("all packs"),
        opening.strip(),
        "## What the packs hold",
        _wrapped(total),
        _table(headings, rows),
        "## What no pack covers",
        *_uncovered(found),
        "## What the operator declares",
        "Value, who declares it, and why. A measured fact always wins.",
        _table(("fact", "value", "by", "because"), list(_declarations(packs))),
        closing.strip(),
    ]
    return "\n\n".join(parts) + "\n"


def _overview_row(region: Region) -> tuple[str, ...]:
    rules = [rule for _, rule in region.rules]
    actions = Counter(rule.action or "" for rule in rules)
    read = Counter(rule.citation.checked for rule in rules)
    counts = (*(actions[action] for action in reversed(ACTIONS)), actions[""], read["text"], read["secondary"], read["remembered"])
    disputed = sum(bool(rule.disputed) for rule in rules)
    link = f"[{plain(region.name)}]({region.code.lower()}.md)"
    return (link, str(len(rules)), *(str(count or "–") for count in counts), str(disputed or "–"))


def _uncovered(found: Sequence[Region]) -> Iterable[str]:
    own = frozenset[str]().union(*(region.destinations for region in found if not region.is_default))
    bare = sorted(named_sets()["ISO_3166_1"] - own)
    yield _wrapped(
        f"Of the {len(named_sets()['ISO_3166_1'])} codes of ISO 3166-1, {len(own)} have rules of their own as a destination. To the other "
        f"{len(bare)} only the rules of the origin and those that hold everywhere apply; their own law was not looked at:"
    )
    yield _wrapped(", ".join(bare) + ".")
    yield _wrapped(
        "Beside data protection, secrecy, export control and labels nothing was looked at: no copyright, no defamation, no consumer or tax "
        "law, no sanctions list, and no law of states, provinces and cities but where a page names it."
    )


def _declarations(packs: Sequence[Pack]) -> Iterable[tuple[str, ...]]:
    for pack in sorted(packs, key=lambda pack: pack.name):
        for name, one in sorted(pack.assume.items()):
            yield f"`{name}`", f"`{_value(one.value)}`", plain(one.declared_by), plain(one.note)


def _page(region: Region) -> str:
    rules = region.rules
    packs = ", ".join(f"`{pack.name}` ({plain(pack.title)})" for pack in region.packs)
    files = ", ".join(f"`jurisdictions/packs/{pack.id}.v*.yaml`" for pack in {pack.id: pack for pack in region.packs}.values())
    parts = [f"# {plain(region.name)}", _origin(files), _wrapped(f"Packs: {packs}. {_covered(region)}")]
    confidence = Counter[str](rule.citation.checked for _, rule in rules)
    told = "; ".join(f"of {confidence[how]} {words}" for how, words in READ.items() if confidence[how])
    tests = sum(len(rule.tests) for _, rule in rules)
    parts += [
        f"{len(rules)} rules with {tests} tests: {told}.",
        _table(("rule", "", "action", "in force", "read"), [_row(*one) for one in rules]),
    ]
    disputed = [f"* **{rule.id}**: {plain(rule.disputed)}" for _, rule in rules if rule.disputed]
    if disputed:
        parts += ["## Disputed or unclear", "\n".join(disputed)]
    parts += [part for pack, rule in rules for part in _rule(pack, rule)]
    return "\n\n".join(parts) + "\n"


def _covered(region: Region) -> str:
    if region.is_default:
        return "They hold for every destination."
    codes = sorted(region.destinations)
    return f"Destinations: {', '.join(codes)}." if codes else "They follow the origin of the text, whatever the destination."


def _row(pack: Pack, rule: Rule) -> tuple[str, ...]:
    return f"[{rule.id}](#{_anchor(rule)})", plain(rule.title), rule.action or "duties only", _days(pack, rule), rule.citation.checked


def _anchor(rule: Rule) -> str:
    return rule.id.lower()


def _days(pack: Pack, rule: Rule) -> str:
    """The days on which a rule counts: its own and those of its pack's version."""
    since = max(rule.in_force.since, pack.in_force.since) if pack.in_force else rule.in_force.since
    ends = [one.until for one in (rule.in_force, pack.in_force) if one and one.until]
    return f"{since} to {min(ends)}" if ends else f"from {since}"


def _rule(pack: Pack, rule: Rule) -> Iterable[str]:
    citation = rule.citation
    yield f"## {rule.id}"
    yield f"**{plain(rule.title)}.** {_does(rule)}"
    lines = [
        f"{plain(citation.law)}, {plain(citation.article)}",
        f"{citation.checked}: {READ[citation.checked]} ({_address(citation.address)}, {citation.accessed}, {plain(citation.checked_by)})",
    ]
    if citation.official_address:
        lines.append(f"published at {_address(citation.official_address)}")
    lines.append(f"{_days(pack, rule)}, pack `{pack.name}`")
    lines += [f"{_duty(said)}" for said in rule.obligations]
    if rule.retain:
        lines.append(f"record kept at least {_term(rule.retain)}")
    if rule.dpv:
        lines.append(f"`{rule.dpv}`")
    fires = Counter(test.fires for test in rule.tests)
    unknown = f", {fires[None]} where it cannot be told" if fires[None] else ""
    lines.append(f"{len(rule.tests)} tests: {fires[True]} where it fires, {fires[False]} where it does not{unknown}")
    if citation.quote:
        yield f"> {plain(citation.quote)}"
    yield "\n".join(f"* {line}" for line in lines)
    yield f"```python\n{' '.join(rule.when.split())}\n```"
    if rule.disputed:
        yield _wrapped(f"Disputed: {plain(rule.disputed)}")
    if rule.note:
        yield _wrapped(plain(rule.note))


def _does(rule: Rule) -> str:
    """What follows when a rule fires, in one sentence."""
    action = rule.action
    if action is None:
        said = "Adds duties, and changes nothing about the text"
    elif action == "hold":
        review = rule.review or ReviewShape()
        both = ", and two must agree" if review.two_person else ""
        said = f"The text is held for a human, {_term(review.deadline)} at most, told on after {_term(review.escalate)}{both}"
    elif action == "redact" and rule.redact is not None:
        said = f"Redacts {_scope(rule.redact)}"
    else:
        said = {
            "release": "Records the ground on which the text may go; a stricter rule beside it wins",
            "label": f"Puts {', '.join(f'`{label}`' for label in rule.labels)}",
            "block": "The text does not leave",
        }[action]
    return f"{said}. Opens an incident." if rule.incident else f"{said}."


def _scope(scope: RedactScope) -> str:
    types = "every value that concerns a person" if scope.types is None else ", ".join(f"`{name}`" for name in sorted(scope.types))
    return types if scope.provenance is None else f"{types} of provenance {', '.join(f'`{name}`' for name in sorted(scope.provenance))}"


def _duty(said: str) -> str:
    duty = DUTY.fullmatch(said)
    word, term = (said, None) if duty is None else (duty["duty"], duty["term"])
    return f"`{word}`: {OBLIGATIONS[word]}" + (f" ({_term(term)})" if term else "")


def _term(term: str) -> str:
    count = term.rstrip("hdwmy")
    unit = {"h": "hour", "d": "day", "wd": "working day", "m": "month", "y": "year"}[term[len(count) :]]
    return f"{count} {unit}" if count == "1" else f"{count} {unit}s"


def _address(text: str) -> str:
    words = " ".join(text.split())
    address, _, rest = words.partition(" ")
    return f"<{address}>{' ' + plain(rest) if rest else ''}" if address.startswith(("http://", "https://")) else plain(words)


def _value(value: FactValue) -> str:
    if isinstance(value, frozenset):
        return f"[{', '.join(sorted(value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _origin(source: str) -> str:
    advice = "Engineering support, not legal advice: counsel has signed off no rule of this release."
    return _wrapped(f"Written by `python -m jurisdictions.documents` from {source}; do not edit. {advice}")


def _wrapped(text: str) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > _LINE_WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, ["---"] * len(headings), *rows))


if __name__ == "__main__":
    raise SystemExit(main())

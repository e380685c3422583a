"""The texts that the heads are trained on: what was written for it in this folder, varied by a seed.

Names are swapped for others of the same kind and language; texts about a domain are also joined into longer ones, as a window of a stream
has several sentences.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from faker import Faker

from models.text_model import DOMAINS

HERE = Path(__file__).parent
_PROSE_SHARE = 0.1
TYPES = ("PERSON", "LOCATION", "ORGANIZATION")
_SHORT = {"P": "PERSON", "L": "LOCATION", "O": "ORGANIZATION"}
_MARKED = re.compile(r"\[([^\[\]|]+)\|([A-Z]+)\]")
# Where a name changes with its place in the sentence, another would be wrong there.
_INFLECTED = frozenset({"ru", "tr", "hi", "ar"})
_LOCALES = {
    "zh": "zh_CN", "en": "en_US", "ja": "ja_JP", "ko": "ko_KR", "th": "th_TH", "vi": "vi_VN", "id": "id_ID", "de": "de_DE", "fr": "fr_FR",
    "es": "es_ES", "pt": "pt_BR", "it": "it_IT", "nl": "nl_NL",
}  # fmt: skip
_SEPARATED = frozenset({"zh", "zh-Hant", "ja", "th"})  # no blank between sentences


@dataclass(frozen=True, slots=True)
class Text:
    """One text to learn from; what is None is not known of it.

    Attributes:
        language: ISO code.
        text: The text.
        domains: What it is about.
        kind: What kind of text it is.
        names: Start, end and type of each name.
        source: File that it stems from, without ending; what is held out is held out by source.
    """

    language: str
    text: str
    domains: frozenset[str] | None = None
    kind: str | None = None
    names: tuple[tuple[int, int, str], ...] | None = None
    source: str = field(default="")


def marked(line: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """Return a line without its marks ``[value|TYPE]``, and start, end and type of each value."""
    text, at, names = "", 0, []
    for found in _MARKED.finditer(line):
        text += line[at : found.start()]
        names.append((len(text), len(text) + len(found[1]), _SHORT.get(found[2], found[2])))
        text += found[1]
        at = found.end()
    return text + line[at:], tuple(names)


def names(seed: int, variants: int) -> list[Text]:
    """Return the sentences with names, each as it was written and in further variants."""
    rnd = random.Random(f"names {seed}")
    lines = {path.stem: _lines(path) for path in sorted((HERE / "names").glob("*.txt"))}
    pools: dict[str, dict[str, list[str]]] = {}
    for stem, own in lines.items():
        pool = pools.setdefault(stem.split(".")[0], {short: [] for short in _SHORT})
        for line in own:
            for value, kind in _MARKED.findall(line):
                pool[kind].append(value)
    for language, pool in pools.items():
        if language in _LOCALES:
            _add_made(pool, language, seed)
    made: list[Text] = []
    for stem, own in lines.items():
        language = stem.split(".")[0]
        for line in own:
            seen = {line}
            for _ in range(0 if language in _INFLECTED else variants):
                seen.add(_swapped(line, pools[language], rnd))
            for one in sorted(seen):
                text, spans = marked(one)
                made.append(Text(language, text, kind=_sometimes_prose(rnd), names=spans, source=stem))
    return made


def _sometimes_prose(rnd: random.Random) -> str | None:
    """Say of some sentences what kind they are: of all, they would outnumber the other kinds by far."""
    return "prose" if rnd.random() < _PROSE_SHARE else None


def _add_made(pool: dict[str, list[str]], language: str, seed: int) -> None:
    """Add invented names to those of the sentences, as many again."""
    fake = Faker(_LOCALES[language])
    fake.seed_instance(seed)
    makers = {"P": (fake.name, fake.first_name, fake.last_name), "L": (fake.city,), "O": (fake.company,)}
    for kind, own in makers.items():
        pool[kind] += [own[number % len(own)]() for number in range(len(pool[kind]))]


def _swapped(line: str, pool: dict[str, list[str]], rnd: random.Random) -> str:
    return _MARKED.sub(lambda found: f"[{rnd.choice(pool[found[2]])}|{found[2]}]" if rnd.random() < 0.7 else found[0], line)


def domains(seed: int, joined: int) -> list[Text]:
    """Return the texts about sensitive domains, and ``joined`` more that are several of one language together."""
    rnd = random.Random(f"domains {seed}")
    made: list[Text] = []
    for path in sorted((HERE / "domains").glob("*.txt")):
        for line in _lines(path):
            labels, text = line.split("\t", 1)
            about = frozenset(label.strip() for label in labels.split(",") if label.strip() != "-")
            if not about <= set(DOMAINS):
                raise ValueError(path.name, labels)
            made.append(Text(path.stem.split(".")[0], text.strip(), domains=about, kind=_sometimes_prose(rnd), source=path.stem))
    return made + _joined(made, joined, rnd)


def _joined(texts: Sequence[Text], count: int, rnd: random.Random) -> list[Text]:
    by_language: dict[str, list[Text]] = {}
    for one in texts:
        by_language.setdefault(one.language, []).append(one)
    plain = {language: [one for one in own if not one.domains] for language, own in by_language.items()}
    made = []
    for _ in range(count):
        first = rnd.choice(texts)
        others = [rnd.choice((plain if rnd.random() < 0.8 else by_language)[first.language]) for _ in range(rnd.choice((1, 1, 2)))]
        together = [first, *others]
        rnd.shuffle(together)
        blank = "" if first.language in _SEPARATED else " "
        about = frozenset().union(*(one.domains or () for one in together))
        made.append(Text(first.language, blank.join(one.text for one in together), domains=about, kind="prose", source=first.source))
    return made


def kinds(seed: int, generated: int) -> list[Text]:
    """Return the snippets by kind, and ``generated`` structured ones that a program wrote."""
    made = [
        Text("", one["text"].strip("\n"), kind=one["kind"], source=path.stem)
        for path in sorted(HERE.glob("kinds*.yaml"))
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["snippets"]
    ]
    rnd = random.Random(f"kinds {seed}")
    return made + [Text("", _structured(rnd), kind="structured", source="generated") for _ in range(generated)]


def _structured(rnd: random.Random) -> str:
    """Return a few records of invented people or things in one of the usual forms."""
    fake = Faker(rnd.choice(list(_LOCALES.values())))
    fake.seed_instance(rnd.randrange(1 << 30))
    makers = {
        "name": fake.name, "city": fake.city, "id": lambda: rnd.randrange(10**6), "email": fake.ascii_email, "date": fake.date,
        "ip": fake.ipv4,
        "amount": lambda: round(rnd.uniform(1, 5000), 2), "company": fake.company, "active": lambda: rnd.random() < 0.5, "url": fake.url,
        "phone": fake.phone_number, "note": lambda: " ".join(fake.words(4)), "lat": lambda: round(rnd.uniform(-90, 90), 5),
    }  # fmt: skip
    fields = rnd.sample(sorted(makers), rnd.randint(2, 5))
    rows = [{name: makers[name]() for name in fields} for _ in range(rnd.randint(1, 4))]
    form = rnd.choice(("json", "jsonl", "csv", "tsv", "yaml", "markdown", "pairs", "log", "xml"))
    return _written(form, rows, rnd)


def _written(form: str, rows: list[dict[str, object]], rnd: random.Random) -> str:
    if form == "json":
        return json.dumps(rows if rnd.random() < 0.5 else rows[0], ensure_ascii=False, indent=rnd.choice((None, 2)))
    if form == "jsonl":
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    if form in {"csv", "tsv"}:
        out = io.StringIO()
        writer = csv.writer(out, delimiter="," if form == "csv" else "\t", lineterminator="\n")
        if rnd.random() < 0.6:
            writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
        return out.getvalue().rstrip("\n")
    if form == "yaml":
        return str(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False)).rstrip("\n")
    if form == "markdown":
        lines = ["| " + " | ".join(map(str, row.values())) + " |" for row in rows]
        return "\n".join(["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0]), *lines])
    if form == "pairs":
        return "\n".join(f"{name}{rnd.choice((': ', '：', ' = '))}{value}" for name, value in rows[0].items())
    if form == "log":
        levels = ("INFO", "WARN", "ERROR", "DEBUG")
        return "\n".join(
            f"2026-{rnd.randint(1, 12):02}-{rnd.randint(1, 28):02}T{rnd.randint(0, 23):02}:{rnd.randint(0, 59):02}:07Z "
            f"{rnd.choice(levels)} " + " ".join(f"{name}={value}" for name, value in row.items())
            for row in rows
        )
    return "\n".join("<row>" + "".join(f"<{name}>{value}</{name}>" for name, value in row.items()) + "</row>" for row in rows)


def _lines(path: Path) -> Iterable[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]

"""Texts for the detection benchmarks: answers of a model with generated values put in, and ways of cutting them into deltas."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path

SENTENCES = (
    "The committee met in Geneva on Monday to discuss the draft, and Maria Keller took the minutes.",
    "You can reach Mr. John Smith at +44 20 7946 0958 or by mail at john.smith@mailhost.net.",
    "First, preheat the oven; then mix flour, sugar and butter until the dough is smooth.",
    "Her card 4111 1111 1111 1111 was charged twice, so the bank opened case INV-2024-123456.",
    "The server at 192.168.10.24 answers on port 8080, see https://docs.mailhost.net/setup?step=2 for details.",
    "In 1969 the programme reached its goal, and 600 million people watched it.",
    "我的手机号是13812345678，身份证号码是11010519491231002X，请尽快联系我。",
    "Please transfer the amount to GB29 NWBK 6016 1331 9268 19 before 12/05/2025.",
    "- **Latency**: measured in milliseconds\n- **Throughput**: requests per second\n",
)
CHINESE_SENTENCES = (
    "人工智能正在改变我们的生活方式，它可以帮助医生更早地发现疾病，也可以帮助老师了解每个学生的进度。",
    "王建国在北京的一家软件公司工作，他每天早上八点出门，晚上七点才能回到家里。",
    "首先，请把面粉、鸡蛋和水混合均匀，然后静置三十分钟，最后放入预热好的烤箱。",
    "上海和深圳的房价去年有所下降，但是专家认为明年会逐渐恢复平稳。",
    "如果您对订单有任何疑问，请在七天之内与客服联系，我们会尽快为您处理。",
    "李晓梅教授指出，这项研究还处于早期阶段，需要更多的数据来验证结论。",
    "这座桥全长两千三百米，于1957年建成通车，是当时国内最长的铁路桥之一。",
    "学习一门外语需要耐心：每天坚持读一点、听一点，半年以后就会看到明显的进步。",
)
_FIRST = (
    "Anna",
    "Brook",
    "Carlos",
    "Dalia",
    "Edwin",
    "Farah",
    "Grace",
    "Henrik",
    "Imani",
    "Jonas",
    "Keiko",
    "Liam",
    "Mira",
    "Noah",
    "Olga",
)
_LAST = ("Abbott", "Brandt", "Castillo", "Dawson", "Eriksen", "Fontaine", "Gruber", "Hughes", "Ivanov", "Jensen", "Kowalski", "Lindqvist")
_DOMAINS = ("northmail.net", "harbourpost.org", "quarrydesk.com", "fernlet.co.uk")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])(?=[ \n]|[^\x00-\x7f])")
_CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PIECE_TOKEN_FIELDS = 2


def english(corpus: Path | None, count: int, inject: int, rnd: random.Random) -> list[str]:
    """Return English answers: of a file of JSON lines (field ``output``), or put together from own sentences, with values put in."""
    texts = _from_lines(corpus, count, rnd) if corpus else [_joined(SENTENCES, " ", rnd) for _ in range(count)]
    return [with_values(text, inject, _ENGLISH_VALUES, " ", rnd) for text in texts]


def chinese(corpus: Path | None, count: int, inject: int, rnd: random.Random) -> list[str]:
    """Return Chinese answers: sentences of a CoNLL-like file, twelve at a time, or own sentences, with values put in."""
    if corpus is None:
        texts = [_joined(CHINESE_SENTENCES, "", rnd) for _ in range(count)]
    else:
        found = _sentences(corpus)
        texts = ["".join(found[at : at + 12]) for at in range(0, len(found), 12)]
        texts = rnd.sample(texts, min(count, len(texts)))
    return [with_values(text, inject, _CHINESE_VALUES, "", rnd) for text in texts]


def deltas(text: str, least: int, most: int, rnd: random.Random) -> Iterator[str]:
    """Cut a text into pieces of ``least`` to ``most`` characters, as a language model's tokens have."""
    at = 0
    while at < len(text):
        size = rnd.randint(least, most)
        yield text[at : at + size]
        at += size


def with_values(text: str, count: int, makers: tuple[Callable[[random.Random], str], ...], glue: str, rnd: random.Random) -> str:
    """Return the text with about ``count`` generated values put in at sentence ends."""
    ends = [found.start() for found in _SENTENCE_END.finditer(text)]
    chosen = sorted(rnd.sample(ends, min(count, len(ends))))
    pieces, at = [], 0
    for end in chosen:
        pieces += (text[at:end], glue, rnd.choice(makers)(rnd))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def _from_lines(corpus: Path, count: int, rnd: random.Random) -> list[str]:
    with corpus.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["output"] for line in lines]
    return rnd.sample(texts, min(count, len(texts)))


def _sentences(corpus: Path) -> list[str]:
    """Join the tokens of each sentence of an IOB2 file without blanks."""
    out: list[str] = []
    tokens: list[str] = []
    for line in [*corpus.read_text(encoding="utf-8").splitlines(), ""]:
        fields = line.split("\t")
        if line.startswith("#"):
            continue
        if len(fields) >= _PIECE_TOKEN_FIELDS:
            tokens.append(fields[1])
        elif tokens:
            out.append("".join(tokens))
            tokens = []
    return out


def _joined(sentences: tuple[str, ...], glue: str, rnd: random.Random) -> str:
    return glue.join(rnd.choice(sentences) for _ in range(rnd.randint(5, 15)))


def _digits(count: int, rnd: random.Random) -> str:
    return "".join(rnd.choice(string.digits) for _ in range(count))


def luhn(body: str) -> str:
    """Return digits followed by their check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(body)):
        doubled = int(char) * 2 if place % 2 == 0 else int(char)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


def gb_iban(rnd: random.Random) -> str:
    """Return an IBAN with a right check number (ISO 13616)."""
    body = "NWBK" + _digits(14, rnd)
    number = "".join(str(int(char, 36)) for char in body + "GB00")
    return f"GB{98 - int(number) % 97:02d}{body}"


def cn_resident_id(rnd: random.Random) -> str:
    """Return a mainland resident number with a right check character (GB 11643)."""
    region = rnd.choice(("110105", "310115", "440305", "510107", "330106"))
    born = f"{rnd.randint(1955, 2004)}{rnd.randint(1, 12):02d}{rnd.randint(1, 28):02d}"
    body = region + born + _digits(3, rnd)
    return body + "10X98765432"[sum(int(char) * weight for char, weight in zip(body, _CN_WEIGHTS, strict=True)) % 11]


def _person(rnd: random.Random) -> str:
    return f"{rnd.choice(_FIRST)} {rnd.choice(_LAST)}"


def _mail(rnd: random.Random) -> str:
    return f"{rnd.choice(_FIRST).lower()}.{rnd.choice(_LAST).lower()}@{rnd.choice(_DOMAINS)}"


_ENGLISH_VALUES: tuple[Callable[[random.Random], str], ...] = (
    lambda rnd: f"My name is {_person(rnd)}.",
    lambda rnd: f"Contact {_person(rnd)} at {_mail(rnd)}.",
    lambda rnd: f"Call me on {rnd.randint(201, 989)}-{rnd.randint(200, 999)}-{_digits(4, rnd)}.",
    lambda rnd: f"My phone is +44 20 7{_digits(3, rnd)} {_digits(4, rnd)}.",
    lambda rnd: f"The card number is {luhn('4' + _digits(14, rnd))}.",
    lambda rnd: f"Send it to {gb_iban(rnd)}.",
    lambda rnd: f"My social security number is {rnd.randint(100, 665)}-{rnd.randint(10, 99)}-{rnd.randint(1000, 9999)}.",
    lambda rnd: f"The machine has {rnd.randint(11, 223)}.{rnd.randint(0, 255)}.{rnd.randint(0, 255)}.{rnd.randint(1, 254)} as its address.",
    lambda rnd: f"See https://{rnd.choice(_DOMAINS)}/{_digits(6, rnd)}?q={rnd.choice(_LAST)}.",
    lambda rnd: f"I was born on {rnd.randint(1, 12):02d}/{rnd.randint(1, 28):02d}/{rnd.randint(1950, 2004)}.",
)
_CHINESE_VALUES: tuple[Callable[[random.Random], str], ...] = (
    lambda rnd: f"我的手机号是1{rnd.choice('3578')}{_digits(9, rnd)}。",
    lambda rnd: f"身份证号：{cn_resident_id(rnd)}。",
    lambda rnd: f"邮箱{_mail(rnd)}，欢迎来信。",
    lambda rnd: f"银行卡号{luhn('622202' + _digits(12, rnd))}，请核对。",
    lambda rnd: f"联系人{rnd.choice('王李张刘陈')}{rnd.choice('建晓志海美')}{rnd.choice('国梅强燕华')}。",
    lambda rnd: f"车牌号京A{rnd.choice('BCDEF')}{_digits(4, rnd)}。",
)

"""How a text looks, as numbers: shares of characters and of lines that tell code and tables from prose where the words do not."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# Shares of characters, by what they stand for.
_CHARACTERS = tuple(
    re.compile(one)
    for one in (
        r"[0-9０-９]", r"[A-Z]", r"[a-z]", r"[\u2e80-\u9fff\uac00-\ud7af]", r"\n", r"[{}]", r"[\[\]]", r"[()]", r"[;]", r"[=]", r"[<>]",
        r'["]', r"['`]", r"[|\t]", r"[,]", r"[:：]", r"[_]", r"[/\\]", r"[#@$%&*^~+]", r"[.!?。！？]", r"[，、；]", r"[-]",
    )
)  # fmt: skip
# Shares of lines.
_LINES = tuple(
    re.compile(one, re.MULTILINE)
    for one in (
        r"^(?: {2,}|\t)",  # indented
        r"^[^\n:：]{1,30}[:：][ \S]",  # key: value
        r"[;{}(,\[]$",  # ends as code does
        r"^\s*(?://|#|--|/\*|\*|<!--)",  # a comment
        r"^\|.*\|\s*$",  # a row between bars
        r"^[^\n,]*(?:,[^\n,]+){2,}$",  # fields between commas
        r"^\S*\d{2,4}[-/:]\d{2}",  # begins with a time
        r"^\s*(?:[-*•]|\d+[.)])\s",  # an item of a list
        r"[.!?。！？:：”\"]$",  # ends as a sentence does
    )
)
_KEYWORDS = (
    r"\b(?:def|class|return|import|from|function|const|let|var|public|static|void|int|fn|func|package|select|insert|update|echo|sudo|"
    r"if|else|for|while|try|catch|print|printf|end|then|begin|SELECT|FROM|WHERE|INSERT|CREATE|UPDATE)\b[^.。]{0,40}[({;:=]"
)
_CASES = (
    r"(?i)\b(?:order|ticket|refund|parcel|tracking|delivery|shipment|invoice|booking|appointment|account|subscription|return)\b"
    r"|订单|退款|工单|快递|物流|预约|售后|发货|账单"
)
# Whether it occurs at all.
_SIGNS = tuple(
    re.compile(one)
    for one in (
        _KEYWORDS,  # followed by what code puts behind them
        r"\w\(\w*\)|\w\.\w+\(",  # a call
        r"[a-z][a-z0-9]*_[a-z]|[a-z][A-Z]",  # a name of code
        r"->|=>|==|!=|:=|&&|\|\||::|\+\+",
        r"^\s*[{\[]",  # begins as JSON does
        r'"[^"\n]{1,40}"\s*:',  # a key of JSON
        r"</?\w+[^>\n]*>",  # a tag
        r"^\$ |^>>> |^#!|^\s*at \S+\(",
        r"(?i)\b(?:dear|hello|hi|thank you|thanks|sorry|apolog)|您好|你好|尊敬的|亲爱的|客服|感谢",
        _CASES,
        r"(?i)#\s?\d{3,}|\b[A-Z]{1,4}-?\d{4,}",  # a number of a case
        r"(?i)\byour?\b|您|你",
    )
)
WIDTH = len(_CHARACTERS) + len(_LINES) + len(_SIGNS) + 2


def form_of(texts: Sequence[str]) -> Floats:
    """Return the form of each text, float32 ``[texts, WIDTH]``, each number between 0 and 1; linear in the text."""
    made = np.zeros((len(texts), WIDTH), np.float32)
    for row, text in zip(made, texts, strict=True):
        if not text:
            continue
        lines = text.count("\n") + 1
        shares = [min(1.0, 4 * len(one.findall(text)) / len(text)) for one in _CHARACTERS]
        shares += [len(one.findall(text)) / lines for one in _LINES]
        shares += [float(one.search(text) is not None) for one in _SIGNS]
        row[:] = [*shares, min(1.0, len(text) / 256), min(1.0, lines / 8)]
    return np.minimum(made, 1)

"""Mainland China: names of accounts at WeChat and QQ."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT, NOT_AFTER_ALNUM, NOT_BEFORE_ALNUM
from detectors.recognizers.cn.pieces import NUMBER_END, NUMBER_START
from detectors.recognizers.identifier import IdentifierRecognizer

_QQ = "|".join(f"(?<={word})" for word in ("QQ", "QQ号", "QQ号码", "QQ:", "QQ号:", "QQ: ", "QQ号: ", "QQ是", "QQ号是"))


class CnWechatIdRecognizer(IdentifierRecognizer):
    """Finds WeChat names: the ones that the service gives (``wxid_...``) anywhere, chosen ones beside a word.

    A chosen name is 6 to 20 ASCII letters, digits, underscores and hyphens after a first letter. Only names with a digit or an underscore
    are found: the others look like any English word.
    """

    ENTITY: ClassVar[str] = "CN_WECHAT_ID"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "Weixin account rules (Tencent)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("given name", f"{NOT_AFTER_ALNUM}wxid_[0-9a-z]{{10,22}}{NOT_BEFORE_ALNUM}", 0.9),
        Pattern(
            "chosen name",
            f"{NOT_AFTER_ALNUM}(?<![@/._\\-])(?=[-_0-9A-Za-z]{{6,20}}(?![-_0-9A-Za-z]))[A-Za-z][-A-Za-z]{{0,18}}[0-9_][-_0-9A-Za-z]{{0,18}}"
            f"(?![-_0-9A-Za-z@]|[./:][0-9A-Za-z/])",
            0.05,
        ),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("微信", "薇信", "威信号", "加v", "vx", "wechat", "weixin")


class CnQqRecognizer(IdentifierRecognizer):
    """Finds QQ numbers, 5 to 10 digits, beside the word QQ."""

    ENTITY: ClassVar[str] = "CN_QQ_NUMBER"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "QQ account rules (Tencent)"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("after the word", f"(?:{_QQ})[1-9１-９]{DIGIT}{{4,9}}{NUMBER_END}", 0.6),
        Pattern("bare", f"{NUMBER_START}[1-9１-９]{DIGIT}{{4,9}}{NUMBER_END}", 0.05),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = ("qq", "ｑｑ", "扣扣", "企鹅号")

"""Mainland China: the postal address in Chinese, from the province down to the room."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern

from detectors.recognizers.alphabet import DIGIT
from detectors.recognizers.cn.pieces import HYPHEN
from detectors.recognizers.cn.regions import PREFECTURES, PROVINCES, name_pattern
from detectors.recognizers.identifier import IdentifierRecognizer

# A character of a name. Chinese has no blanks, so words that no place is named with (at, of, is, live, I, you, he) end it.
_NAME = "(?:(?![在的是住了我你他她它们吗呢吧给把被很说这第])[\u4e00-\u9fff])"
_FIGURE = f"(?:{DIGIT}{{1,4}}|[一二三四五六七八九十百零〇]{{1,4}})"

_PROVINCE = f"{name_pattern(PROVINCES)}(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)?"
_PREFECTURE = f"{name_pattern(PREFECTURES)}(?:市|地区|盟|州)?"
# Each level takes the nearest word of rank and keeps it (atomic): time grows with the text and not with the ways to divide it.
_REGION = f"(?>{_NAME}{{1,4}}?(?:自治州|开发区|新区|区|县|市|旗|镇|乡|街道|村|社区))"
_ROAD = f"(?>{_NAME}{{1,5}}?(?:大街|大道|路|街|巷|胡同|弄|道|里|村|屯|条))(?:{_NAME}{{1,2}}?[段巷弄里街])?"
_NUMBER = f"[甲乙丙丁]?{_FIGURE}(?:{HYPHEN}{DIGIT}{{1,2}}|之{DIGIT}|[甲乙丙])?(?:号院?|弄)(?:之(?:{DIGIT}|[一二三四五六七八九]))?"
_NOT_A_ROUTE = "(?![线文令公通卡机型])"  # 北京市1号线, 上海市12号文件
_ZONE = "(?:[一二三四五六七八九东西南北]区)"
_COMPOUND = f"(?>{_NAME}{{1,5}}?(?:小区|花园|公寓|大厦|大楼|广场|家园|新村|中心|写字楼|[苑园城庭府](?:小区)?){_ZONE}?)"
_CROSSING = f"(?:{_ROAD}与{_ROAD}(?:交汇处|交叉口))"
_COUNTED = f"(?:{DIGIT}{{1,4}}|[A-ZＡ-Ｚ]{DIGIT}{{0,3}}|[一二三四五六七八九十甲乙丙东西南北]{{1,2}})"
_UNIT = f"{_COUNTED}(?:号楼|号院|单元|[号栋幢座塔期楼层室房户门])"
_ROOM = f"{HYPHEN}?[A-ZＡ-Ｚ]?{DIGIT}{{2,4}}(?![0-9０-９年月日万元.])"
_WITHIN = f"(?:{_UNIT}){{0,2}}(?:{_UNIT}|{_ROOM})?"
# An estate without a number in the road needs a building. That is said by what is matched and not by a look-ahead: the prefilter sees it.
_BUILDING = f"{_UNIT}(?:{_UNIT})?(?:{_UNIT}|{_ROOM})?"
_HOUSE = f"(?:{_ROAD}{_NUMBER}{_NOT_A_ROUTE}(?:{_COMPOUND}){{0,2}}{_WITHIN}|(?:{_CROSSING}|{_ROAD})?{_COMPOUND}{_BUILDING})"


class CnAddressRecognizer(IdentifierRecognizer):
    """Finds addresses down to a house: a road or lane with its number, or a housing estate with a building, as Chinese text writes them.

    Begins at the province or the prefecture, whose names are known; a road without them is found too, but needs a word beside it. The names
    of places alone are none: they say where, not who.
    """

    ENTITY: ClassVar[str] = "CN_ADDRESS"
    COUNTRY_CODE: ClassVar[str | None] = "cn"
    NORM: ClassVar[str] = "GB/T 23705-2009 and GB/T 2260 (place names, divisions); usage"
    PATTERNS: ClassVar[tuple[Pattern, ...]] = (
        Pattern("from the province", f"{_PROVINCE}(?:{_PREFECTURE})?{_REGION}{{0,3}}{_HOUSE}", 0.85),
        Pattern("from the prefecture", f"{_PREFECTURE}{_REGION}{{0,3}}{_HOUSE}", 0.7),
        Pattern("from the district", f"{_REGION}{{0,2}}{_HOUSE}", 0.3),
    )
    CONTEXT: ClassVar[tuple[str, ...]] = (
        "地址",
        "住址",
        "住所",
        "住在",
        "居住",
        "家住",
        "收货",
        "收件",
        "寄到",
        "寄往",
        "户籍",
        "户口",
        "address",
    )

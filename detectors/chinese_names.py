"""From the tagger's words to findings: which words are names, where they end, and how sure that is.

Rules were chosen on the training part of UNER zh_gsdsimp (figures in docs/adr/0015): what is said here of how often a rule is right is
measured there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from detectors.chinese_pieces import HAN

PERSON, LOCATION, ORGANIZATION = "PERSON", "LOCATION", "ORGANIZATION"
SURE = 0.85  # spaCy's names have this score too
UNSURE = 0.6
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧肖尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮"
    "蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱丘骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀"
    "甄曲封芮储靳井段富巫焦牧山谷车侯宓蓬全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙叶司黎薄印白蒲邰鄂赖卓蔺屠蒙池乔胥苍闻党翟谭贡姬申冉宰"
    "雍桑桂濮牛寿边扈燕冀浦尚农温庄晏柴瞿阎闫充慕连习艾鱼容向古易慎戈廖庾居衡步都耿满匡国文寇广阙东欧沃利师巩聂晁敖冷辛阚那简饶曾沙鞠丰"
    "关查游竺权盖岳佟覃涂仝蹇苟苑战幺"
    "張趙錢孫吳鄭馮陳蔣韓楊許呂嚴華魏陶謝鄒竇蘇葛範魯韋馬鳳鮑費賀湯羅畢鄔樂時傅齊顧黃蕭湛紀項董"
    "藍閔賈婁顏鍾駱萬盧經單諸龔陸榮儲車寧厲劉葉龍賴藺喬聞黨譚貢邊溫莊閻連習簡饒關權蓋闕歐鞏聶岳塗"
)
_DOUBLE_SURNAMES = re.compile(
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|皇甫|尉迟|公孙|公孫|慕容|令狐|宇文|长孙|司徒|独孤|南宫|夏侯|端木|百里|呼延|东郭|西门|申屠|"
    "公羊|轩辕|钟离|拓跋|万俟|闻人|鲜于|澹台|淳于|完颜|纳兰"
)
_NO_BODY = "教人"  # a faith or a people: 基督教, 犹太人
_PEOPLE = re.compile("人(?![民口大均])")  # 日本人: who somebody is, not where
_DOTS = "·‧・•"
_NAME_CHARS_MAX = 4
# A field of a form and what is written in it, when that is a name by its looks. No more than a name: whoever writes a company there, or
# "to be filled in", is not reported.
_FIELD = re.compile(
    "(?:姓名|联系人|聯絡人|收件人|收货人|寄件人|发件人|持卡人|户名|负责人|經辦人|经办人|申请人|投保人|被保险人|受益人|患者|监护人|法定代表人|签字人|曾用名)"
    f"[*＊]{{0,2}}[:：][*＊]{{0,2}} ?[*＊]{{0,2}}(?P<name>[{HAN}]{{2,4}}(?:[{_DOTS}][{HAN}]{{1,8}}){{0,3}})(?![{HAN}{_DOTS}])"
)


class Word(NamedTuple):
    """A word that the tagger made: where it lies in the piece, and its tag without the position in the word."""

    start: int
    end: int
    tag: str


class Found(NamedTuple):
    """A finding: start, end, entity type and score."""

    start: int
    end: int
    entity_type: str
    score: float


_TYPES = {"PER": PERSON, "LOC": LOCATION, "ORG": ORGANIZATION}


def names_of(piece: str, words: Sequence[Word]) -> list[Found]:
    """Return the names in one piece, in order, none over another.

    Args:
        piece: The text that was tagged.
        words: Its words, in order, without gaps.
    """
    found = [one for word in _joined(piece, words) if (one := _judged(piece, word)) is not None] if words else []
    if ":" not in piece and "：" not in piece:  # no form
        return found
    for field in _FIELD.finditer(piece):
        start, end = field.span("name")
        if _looks_like_a_name(piece[start:end]):
            found = [one for one in found if one.end <= start or one.start >= end]
            found.append(Found(start, end, PERSON, SURE))
    return sorted(found)


def _joined(piece: str, words: Sequence[Word]) -> list[Word]:
    """Return the words that are names, put together where the tagger divided one: 北京市 and 海淀区, 让·, 雅克 and ·卢梭, 上官 and 婉儿."""
    names: list[Word] = []
    dotted = False  # whether the last one ends in a dot, or stands before one
    for word in words:
        text = piece[word.start : word.end]
        last = names[-1] if names and names[-1].end == word.start else None
        if last is not None and _belong(piece[last.start : last.end], last.tag, text, word.tag, dotted=dotted):
            names[-1] = Word(last.start, word.end, "PER" if "PER" in {last.tag, word.tag} else last.tag)
        else:
            names.append(word)
        dotted = text[-1] in _DOTS
    return [word for word in names if word.tag in _TYPES]


def _belong(first: str, first_tag: str, second: str, second_tag: str, *, dotted: bool) -> bool:
    """Tell whether two neighbouring words are parts of one name."""
    if "PER" in {first_tag, second_tag} and (dotted or second[0] in _DOTS):
        return first not in _DOTS or first_tag == "PER"
    if first_tag != second_tag:
        return False
    return first_tag == "LOC" or (first_tag == "PER" and _DOUBLE_SURNAMES.fullmatch(first) is not None)


def _judged(piece: str, word: Word) -> Found | None:
    """Return the finding of a name, or None where the tagger is wrong more often than right."""
    text = piece[word.start : word.end].rstrip(_DOTS)
    size = len(text)
    if size <= 1 or (word.tag == "PER" and not _has_letter(text)):
        return None
    sure = True
    if word.tag == "PER":
        sure = _looks_like_a_name(text)
    elif word.tag == "ORG":
        if text[-1] in _NO_BODY:
            return None
        sure = size > 2  # noqa: PLR2004 - one in three of two characters is an organisation
    elif text[-1] == "人" or _PEOPLE.match(piece, word.end):
        return None
    return Found(word.start, word.start + size, _TYPES[word.tag], SURE if sure else UNSURE)


def _looks_like_a_name(text: str) -> bool:
    """Tell whether a text is a Chinese name, surname first, or a foreign one in parts."""
    if any(dot in text for dot in _DOTS):
        return True
    if len(text) < _NAME_CHARS_MAX and text[0] in _SURNAMES:
        return True
    return len(text) <= _NAME_CHARS_MAX and _DOUBLE_SURNAMES.match(text) is not None


def _has_letter(text: str) -> bool:
    return any(character.isalpha() for character in text)

"""Mainland identifiers beyond the two of ``test_cn_recognizers``: forms, checks, and what only looks like them."""

from __future__ import annotations

import pytest
from presidio_analyzer import AnalyzerEngine
from stdnum import luhn
from stdnum.cn.uscc import calc_check_digit

from detectors.analyzer import build_engine
from detectors.patterns import refusal
from detectors.recognizers.cn import RECOGNIZERS
from detectors.recognizers.cn.address import CnAddressRecognizer
from detectors.recognizers.cn.bank_card import CnBankCardRecognizer
from detectors.recognizers.cn.foreigner_id import CnForeignerIdRecognizer
from detectors.recognizers.cn.landline import CnLandlineRecognizer
from detectors.recognizers.cn.organisation import CnOrganisationCodeRecognizer, CnUsccRecognizer
from detectors.recognizers.cn.passport import CnPassportRecognizer
from detectors.recognizers.cn.resident_id import CnResidentIdRecognizer, check_character
from detectors.recognizers.cn.service_id import CnMilitaryIdRecognizer, CnPoliceIdRecognizer
from detectors.recognizers.cn.social_account import CnQqRecognizer, CnWechatIdRecognizer
from detectors.recognizers.cn.travel_permit import CnTaiwanTravelPermitRecognizer, CnTravelPermitRecognizer
from detectors.recognizers.cn.vehicle_plate import CnVehiclePlateRecognizer
from detectors.recognizers.hk import RECOGNIZERS as HK
from detectors.recognizers.identifier import IdentifierRecognizer
from detectors.recognizers.mo import RECOGNIZERS as MO
from detectors.recognizers.sg import RECOGNIZERS as SG
from detectors.recognizers.tw import RECOGNIZERS as TW

NOTICED = 0.35  # what counts as found without a word beside it
Kind = type[IdentifierRecognizer]


def found(kind: Kind, text: str) -> list[tuple[str, float]]:
    hits = kind().analyze(text, [kind.ENTITY], None)
    return [(text[hit.start : hit.end], hit.score) for hit in sorted(hits, key=lambda hit: hit.start)]


def assert_waits(kind: Kind, written: str) -> None:
    """Assert that this alone is found, glued to Chinese letters, with a score that needs a word beside it."""
    ((text, score),) = found(kind, f"号码为{written}，请核对")
    assert text == written
    assert 0 < score < NOTICED


def assert_stands_alone(kind: Kind, written: str) -> None:
    """Assert that this is found, glued to Chinese letters, with no word beside it."""
    ((text, score),) = found(kind, f"号码为{written}，请核对")
    assert text == written
    assert score > NOTICED


def wide(written: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in written)


def card(body: str) -> str:
    return body + luhn.calc_check_digit(body)


def uscc(body: str) -> str:
    return body + calc_check_digit(body)


@pytest.mark.parametrize("kind", RECOGNIZERS)
def test_every_mainland_pattern_can_be_scanned_in_pieces_and_is_narrow(kind: Kind) -> None:
    recognizer = kind()
    assert [refusal(pattern.regex, int(recognizer.global_regex_flags or 0)) for pattern in recognizer.patterns] == [""] * len(kind.PATTERNS)


def test_each_mainland_type_has_a_norm_and_one_recogniser() -> None:
    assert all(kind.NORM and kind.CONTEXT and kind.COUNTRY_CODE == "cn" for kind in RECOGNIZERS)
    assert len({kind.ENTITY for kind in RECOGNIZERS}) == len(RECOGNIZERS)


# --- identity documents -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["110105491231002", "110105-491231-002", "440524 800101 001", wide("320311770706001"), "650102040229123"]
)
def test_an_old_resident_id_of_15_digits_waits_for_a_word(written: str) -> None:
    assert_waits(CnResidentIdRecognizer, written)


@pytest.mark.parametrize(
    "no_id", ["110105491331002", "110105490230002", "170105491231002", "1101054912310021", "A110105491231002", "810000491231002"]
)
def test_an_impossible_date_or_area_is_no_old_resident_id(no_id: str) -> None:
    assert found(CnResidentIdRecognizer, no_id) == []


@pytest.mark.parametrize("written", ["GBR110190010112", "USA3100 88123134", wide("JPN440084022912")])
def test_an_old_permanent_residence_number_waits_for_a_word(written: str) -> None:
    assert_waits(CnForeignerIdRecognizer, written)


@pytest.mark.parametrize("no_card", ["GBR110190130112", "INV202401151234", "GBR990190010112", "GBR1101900101123", "XGBR110190010112"])
def test_order_numbers_and_impossible_dates_are_no_permanent_residence_numbers(no_card: str) -> None:
    assert found(CnForeignerIdRecognizer, no_card) == []


@pytest.mark.parametrize(
    "written", ["E12345678", "EA1234567", "EZ7654321", "G12345678", "D1234567", "SE1234567", "P12345678", wide("E12345678")]
)
def test_a_passport_number_waits_for_a_word(written: str) -> None:
    assert_waits(CnPassportRecognizer, written)


@pytest.mark.parametrize(
    "no_passport", ["E1234567", "E123456789", "EI1234567", "EO1234567", "X12345678", "AE12345678", "E12345678A", "E १2345678"]
)
def test_other_letters_and_lengths_are_no_passports(no_passport: str) -> None:
    assert found(CnPassportRecognizer, no_passport) == []


@pytest.mark.parametrize(
    "written",
    ["H12345678", "M12345678", "H1234567801", "H12345678(01)", "M12345678-02", "C12345678", "CA1234567", "L12345678", wide("H12345678")],
)
def test_a_travel_permit_waits_for_a_word(written: str) -> None:
    assert_waits(CnTravelPermitRecognizer, written)


@pytest.mark.parametrize("no_permit", ["H1234567", "H123456789", "K12345678", "CI1234567", "AH12345678", "H12345678X"])
def test_other_letters_and_lengths_are_no_travel_permits(no_permit: str) -> None:
    assert found(CnTravelPermitRecognizer, no_permit) == []


@pytest.mark.parametrize("written", ["01234567", "0123456789(B)", "0123456789（B）", wide("01234567")])
def test_a_permit_for_taiwan_residents_waits_for_a_word(written: str) -> None:
    assert_waits(CnTaiwanTravelPermitRecognizer, written)


@pytest.mark.parametrize("no_permit", ["0123456", "012345678", "$01234567", "12345678元", "0123456789(7)", "A01234567", "+1 01234567"])
def test_amounts_and_other_lengths_are_no_permits_for_taiwan_residents(no_permit: str) -> None:
    assert found(CnTaiwanTravelPermitRecognizer, no_permit) == []


@pytest.mark.parametrize(
    "written", ["军字第1234567号", "参字第0012345号", "南字12345678号", "文字第１２３４５６７号", "士字第123456號", "兵12345678"]
)
def test_a_military_card_waits_for_a_word(written: str) -> None:
    assert_waits(CnMilitaryIdRecognizer, written)


@pytest.mark.parametrize("no_card", ["京字第1234567号", "军字第123号", "军字第123456789", "军1234567890", "汉字第1234567号"])
def test_other_document_numbers_are_no_military_cards(no_card: str) -> None:
    assert found(CnMilitaryIdRecognizer, no_card) == []


@pytest.mark.parametrize("written", ["012345", "1234567", wide("012345")])
def test_a_police_number_waits_for_a_word(written: str) -> None:
    assert_waits(CnPoliceIdRecognizer, written)


@pytest.mark.parametrize("no_number", ["12345", "12345678", "123456元", "¥123456", "123456.78", "3.141592", "123456%", "A123456"])
def test_amounts_and_decimals_are_no_police_numbers(no_number: str) -> None:
    assert found(CnPoliceIdRecognizer, no_number) == []


# --- to reach a person ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["+86 10 6552 9988", "+86-755-22345678", "0086 21 5888 1234", "+86(021)58881234", "+861065529988"])
def test_a_landline_with_the_country_code_is_found_alone(written: str) -> None:
    assert_stands_alone(CnLandlineRecognizer, written)


@pytest.mark.parametrize(
    "written",
    ["010-65529988", "(010)65529988", "（021）5888 1234", "0755-2345678", "010-65529988-801", "02158881234", wide("010-65529988")],
)
def test_a_landline_with_its_area_code_waits_for_a_word(written: str) -> None:
    assert_waits(CnLandlineRecognizer, written)


def test_the_extension_belongs_to_the_landline() -> None:
    assert [text for text, _ in found(CnLandlineRecognizer, "电话010-65529988转801，谢谢")] == ["010-65529988转801"]


@pytest.mark.parametrize(
    "no_line", ["010-15529988", "065-5299881", "010-6552998", "+49 0371-2345678", "1010-65529988", "010-655299881", "400-810-8888"]
)
def test_other_numbers_are_no_landlines(no_line: str) -> None:
    assert found(CnLandlineRecognizer, no_line) == []


@pytest.mark.parametrize("written", ["zhang_san88", "li-si2024", "a12345", "Wang123"])
def test_a_chosen_wechat_name_waits_for_a_word(written: str) -> None:
    assert_waits(CnWechatIdRecognizer, written)


def test_a_wechat_name_given_by_the_service_is_found_alone() -> None:
    assert_stands_alone(CnWechatIdRecognizer, "wxid_abcdefgh1234ij")


@pytest.mark.parametrize(
    "no_name", ["zhangsan", "a1234", "user@example1.com", "www.example1.com", "a" + "1" * 20, "1abcdef", "example1.com", "/path1234"]
)
def test_words_addresses_and_long_runs_are_no_wechat_names(no_name: str) -> None:
    assert found(CnWechatIdRecognizer, no_name) == []


@pytest.mark.parametrize("text", ["QQ12345678", "加我qq号12345678吧", "QQ: 12345678", "QQ号:12345678", "QQ号是１２３４５６７８"])
def test_a_number_right_after_the_word_qq_is_found(text: str) -> None:
    ((digits, score),) = found(CnQqRecognizer, text)
    assert digits in {"12345678", wide("12345678")}
    assert score > NOTICED


@pytest.mark.parametrize("written", ["12345", "1234567890", wide("12345678")])
def test_a_bare_qq_number_waits_for_a_word(written: str) -> None:
    assert_waits(CnQqRecognizer, written)


@pytest.mark.parametrize(
    "no_number",
    ["1234", "012345", "12345678901", "12345元", "$12345", "1.23456", "12345.67", "12,345", "A12345", "12345万", "12345@qq.com"],
)
def test_amounts_and_mail_addresses_are_no_qq_numbers(no_number: str) -> None:
    assert found(CnQqRecognizer, no_number) == []


ADDRESSES = (
    "广东省深圳市南山区科技园路1号3栋2单元501室",
    "北京市海淀区中关村大街27号",
    "上海市浦东新区张江镇祖冲之路887弄12号302室",
    "杭州市西湖区文三路478号华星科技大厦3楼",
    "四川省成都市武侯区人民南路四段11号",
    "新疆维吾尔自治区乌鲁木齐市天山区解放北路100号",
    "贵州省黔东南苗族侗族自治州凯里市韶山路12号",
    "山东省济南市市中区经十路18号",
    "苏州昆山市花桥镇绿地大道231弄5号楼1801室",
    "深圳市南山区桃源村小区12栋3单元402室",
    "河北省石家庄市赵县范庄镇大东平村12号",
    "广东省佛山市顺德区大良街道凤翔路３号２座１２０３室",
    "浙江杭州市余杭区文一西路969号",
    "北京市海淀区中关村大街1号院5号楼2单元301",
)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("frame", ["{}", "我住在{}，请寄到这里", "收货地址：{}。", "他的家在{}电话"])
def test_an_address_from_province_or_prefecture_is_found_whole(address: str, frame: str) -> None:
    ((text, score),) = found(CnAddressRecognizer, frame.format(address))
    assert text == address
    assert score > NOTICED


@pytest.mark.parametrize("address", ["科技路12号3栋501", "幸福村8号", "和平街道建设路5号"])
def test_an_address_without_its_city_waits_for_a_word(address: str) -> None:
    ((text, score),) = found(CnAddressRecognizer, f"住在{address}。")
    assert text == address
    assert 0 < score < NOTICED


@pytest.mark.parametrize(
    "prose",
    [
        "北京市1号线",
        "上海市人民政府令第12号",
        "上海市教委文件12号文",
        "北京市的天气很好",
        "广东省深圳市南山区",
        "他在2024年5月1号到北京",
        "建设路1号线",
        "去北京南站坐G12号车",
        "东城区有3栋楼",
        "广东省2023年12号公告",
        "大阪市北区梅田1丁目2番3号",
        "中山路\n12号",
        "广东省，深圳市",
    ],
)
def test_places_routes_and_documents_are_no_addresses(prose: str) -> None:
    assert found(CnAddressRecognizer, prose) == []


# --- cards, plates, organisations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        card("622202123456789"),
        card("622848001234567890"),
        card("622700123456789"),
        wide(card("622588012345678")),
        "6222 0212 3456 789" + card("622202123456789")[-1],
        "622202 " + card("622202123456789012")[6:],
        card("955880123456789012"),
    ],
)
def test_a_unionpay_card_is_found_alone(written: str) -> None:
    assert_stands_alone(CnBankCardRecognizer, written)


@pytest.mark.parametrize(
    "written", [card("810012345678901"), card("436742123456789012"), card("9001234567890123"), wide(card("403361123456789"))]
)
def test_a_card_of_another_prefix_waits_for_a_word(written: str) -> None:
    assert_waits(CnBankCardRecognizer, written)


@pytest.mark.parametrize("body", ["622202123456789", "622848001234567890", "621700123456789012"])
def test_one_luhn_digit_in_ten_is_right(body: str) -> None:
    assert [digit for digit in "0123456789" if found(CnBankCardRecognizer, body + digit)] == [card(body)[-1]]


@pytest.mark.parametrize(
    "no_card",
    [
        card("62220212345678"),
        card("6222021234567890123"),
        "1" + card("6228480012345678901"),
        "A" + card("622202123456789"),
        "$" + card("622202123456789"),
        "0000000000000000",
    ],
)
def test_other_lengths_and_amounts_are_no_cards(no_card: str) -> None:
    assert found(CnBankCardRecognizer, no_card) == []


def test_a_resident_id_whose_luhn_digit_is_right_is_no_card() -> None:
    bodies = (f"62010219800101{sequence:03d}" for sequence in range(200))
    number = next(full for full in (body + check_character(body) for body in bodies) if full.isdigit() and luhn.is_valid(full))
    assert found(CnBankCardRecognizer, number) == []
    assert found(CnResidentIdRecognizer, number) == [(number, 1.0)]


@pytest.mark.parametrize(
    "written",
    [
        "粤A12345",
        "粤AD12345",
        "京A·12345",
        "沪A-12345",
        "粤B12345D",
        "苏E1A2B3",
        "浙A1234警",
        "粤Z1234港",
        "粤Ａ１２３４５",
        "湘AF01234",
        "WJ京12345",
        "粤a12345",
    ],
)
def test_a_plate_is_found_alone(written: str) -> None:
    assert_stands_alone(CnVehiclePlateRecognizer, written)


@pytest.mark.parametrize("written", ["新A12345", "云AD12345", "使123456", "VA12345"])
def test_a_plate_whose_sign_is_a_word_or_nothing_waits_for_a_word(written: str) -> None:
    assert_waits(CnVehiclePlateRecognizer, written)


@pytest.mark.parametrize(
    "no_plate", ["粤I12345", "粤A1234", "粤A1234567", "粤AABCD1", "粤AO1234", "中A12345", "粤12345", "A12345", "粤A12O45"]
)
def test_other_letters_and_lengths_are_no_plates(no_plate: str) -> None:
    assert found(CnVehiclePlateRecognizer, no_plate) == []


@pytest.mark.parametrize(
    "written",
    [
        "91110000600037341L",
        "91110000600037341l",
        wide("91110000600037341L"),
        "91-110000-600037341-L",
        uscc("91440300MA5ABCD12"),
        uscc("N2330106MA2CDEF34"),
    ],
)
def test_a_credit_code_is_beyond_doubt(written: str) -> None:
    assert found(CnUsccRecognizer, f"信用代码{written}的公司") == [(written, 1.0)]


@pytest.mark.parametrize("body", ["12100000400000123", "53440000500000001"])
def test_a_credit_code_of_digits_alone_waits_for_a_word_outside_the_market(body: str) -> None:
    code = next(full for full in (uscc(str(int(body) + step)) for step in range(40)) if full.isdigit())
    assert_waits(CnUsccRecognizer, code)


@pytest.mark.parametrize(
    "no_code",
    [
        "91110000600037341M",
        "A1110000600037341L",
        uscc("91990000600037341"),
        "991110000600037341L",
        "91110000600037341LX",
        "91110000I00037341L",
    ],
)
def test_a_wrong_check_area_or_letter_is_no_credit_code(no_code: str) -> None:
    assert found(CnUsccRecognizer, no_code) == []


def test_a_resident_id_that_could_be_a_credit_code_is_none() -> None:
    numbers = (
        body + check_character(body)
        for body in (f"321201{year}0{month}15{turn:03d}" for year in range(1960, 1990) for month in (1, 2) for turn in range(60))
    )
    number = next(full for full in numbers if full[17] == calc_check_digit(full[:17]))
    assert found(CnUsccRecognizer, number) == []


def organisation_code(body: str) -> str:
    """Return eight characters, a hyphen and the check character: weights 3 7 9 10 5 8 4 2, modulo 11."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return f"{body}-{'0X987654321'[total % 11]}"


@pytest.mark.parametrize(
    "written",
    [*map(organisation_code, ("12345678", "00000000", "MA1ABCD2", "D2143569")), wide(organisation_code("12345678")), "123456788"],
)
def test_an_organisation_code_waits_for_a_word(written: str) -> None:
    assert_waits(CnOrganisationCodeRecognizer, written)


@pytest.mark.parametrize("no_code", ["12345678-9", "1234567-8", "A12345678-8", "12345678-88", "MINISTRY-1", "12345678 8"])
def test_a_wrong_check_or_form_is_no_organisation_code(no_code: str) -> None:
    assert found(CnOrganisationCodeRecognizer, no_code) == []


# --- words beside -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chinese_engine() -> AnalyzerEngine:
    return build_engine(("cn", "hk", "mo", "tw", "sg"))


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("CN_RESIDENT_ID", "原身份证号：110105491231002。"),
        ("CN_FOREIGNER_ID", "外国人永久居留证号GBR110190010112"),
        ("CN_PASSPORT", "her passport is EA1234567"),
        ("CN_PASSPORT", "护照号：E12345678，"),
        ("CN_TRAVEL_PERMIT", "持回乡证H12345678入境"),
        ("CN_TAIWAN_TRAVEL_PERMIT", "台胞证：01234567"),
        ("CN_MILITARY_ID", "军官证：参字第0012345号"),
        ("CN_POLICE_ID", "警号012345的民警"),
        ("CN_PHONE_NUMBER", "办公电话：010-65529988"),
        ("CN_WECHAT_ID", "加我微信：zhang_san88"),
        ("CN_WECHAT_ID", "my wechat is zhang_san88"),
        ("CN_QQ_NUMBER", "QQ：12345678"),
        ("CN_ADDRESS", "收货地址：科技路12号3栋501室"),
        ("CN_BANK_CARD", "银行卡号：" + card("436742123456789012")),
        ("CN_VEHICLE_PLATE", "车牌是新A12345的车"),
        ("CN_ORGANISATION_CODE", "组织机构代码：12345678-8"),
        ("HK_ID_CARD", "身份證號碼：A1234563"),
        ("HK_PHONE_NUMBER", "致電：2123 4567"),
        ("MO_ID_CARD", "澳門居民身份證5215432(8)"),
        ("MO_PHONE_NUMBER", "澳門電話：6612 3456"),
        ("TW_TAX_ID", "統一編號：00501503"),
        ("TW_MOBILE_NUMBER", "手機：0912-345-678"),
        ("TW_VEHICLE_PLATE", "車牌號碼：ABC-1234"),
        ("SG_UEN", "UEN 00192200M"),
        ("SG_PHONE_NUMBER", "handphone 9123 4567"),
        ("SG_POSTAL_CODE", "Orchard Road, Singapore 238823"),
    ],
)
def test_a_word_beside_a_weak_form_makes_it_a_finding(chinese_engine: AnalyzerEngine, entity: str, text: str) -> None:
    scores = [hit.score for hit in chinese_engine.analyze(text, language="en", entities=[entity])]
    assert len(scores) == 1
    assert scores[0] > NOTICED


@pytest.mark.parametrize(
    "text",
    [
        "Order 20240115 shipped, invoice 10458576, total 4,299.00",
        "版本 3.14.159265，发布于 2024-01-15，共 238823 次下载",
        "ISBN 978-7-111-21382-6 and ISBN 9787111213826",
        "London 020 7946 0958, Berlin 030-23456789, Hanoi 0912345678",
        "The ISO-9001 and ABC-1234 parts, E12345678 and A1234567",
        "tracking 123456789012, 1234567890123456, 110105999999999",
        "更新A10001错误，新版B12345说明",
        "commit e12345678 and utf8_general_ci and sha256",
    ],
)
def test_ordinary_numbers_are_no_finding_without_a_word(chinese_engine: AnalyzerEngine, text: str) -> None:
    ours = [kind.ENTITY for kind in (*RECOGNIZERS, *HK, *MO, *TW, *SG)]
    assert [hit for hit in chinese_engine.analyze(text, language="en", entities=ours) if hit.score >= NOTICED] == []

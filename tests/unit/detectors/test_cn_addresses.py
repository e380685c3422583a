"""Chinese addresses as people write them: behind the number come the building, its zone, its tower, and a room without a word for it."""

from __future__ import annotations

import pytest

from detectors.recognizers.cn.address import CnAddressRecognizer


@pytest.mark.parametrize(
    "address",
    [
        "上海市浦东新区世纪大道100号环球金融中心38楼",
        "北京市东城区东四十条甲22号南新仓商务大厦A1208",
        "北京市昌平区回龙观镇龙腾苑四区12号楼3单元501室",
        "广东省佛山市顺德区大良街道清晖路12号之一",
        "上海市静安区南京西路1266号恒隆广场1期50楼",
        "山东省临沂市兰山区柳青街道沂蒙路与北京路交汇处碧桂园小区8号楼2单元1102室",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "收货地址：{}，电话", "他住在{}。"])
def test_an_address_is_found_down_to_the_room(address: str, frame: str) -> None:
    text = frame.format(address)
    ((start, end),) = {(one.start, one.end) for one in CnAddressRecognizer().analyze(text, ["CN_ADDRESS"], None) if one.score > 0.4}
    assert text[start:end] == address

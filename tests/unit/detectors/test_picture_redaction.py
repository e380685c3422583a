"""What is personal in a picture is painted over and cannot be read again; what cannot be cleaned is refused."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import regex
from noto_cjk_sans_jp_regular import FONT_PATH
from PIL import Image, ImageChops, ImageDraw, ImageFont

from detectors.analyzer import analyze, build_engine
from detectors.finding import Finding
from detectors.pictures.decode import decode
from detectors.pictures.labels import AigcLabel, attachments, find_label
from detectors.pictures.limits import DEFAULT_LIMITS, PictureLimits
from detectors.pictures.paint import cover_of, joined, parts
from detectors.pictures.reader import Line, PictureReader, cells_of, open_reader
from detectors.pictures.redaction import redact_picture
from schemas.errors import DetectionError, PictureNotCleanError, PictureTooLargeError

LETTER = (
    "客户姓名：王建国，联系电话：13812345678",
    "住址：上海市浦东新区世纪大道100号8楼",
    "This line holds nothing personal at all.",
    "订单已于昨日发出，请注意查收。",
)
PLANTED = ("王建国", "13812345678", "世纪大道")
LABEL = AigcLabel(producer="001191310000EXAMPLE", produce_id="c-1")
MOBILE = regex.compile(r"1[3-9]\d{9}")
Find = Callable[[str], Sequence[Finding]]


def drawn(*lines: str, size: tuple[int, int] = (760, 300), points: int = 28) -> Image.Image:
    image = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(FONT_PATH), points)
    for number, line in enumerate(lines):
        pen.text((30, 20 + number * 50), line, fill="black", font=font)
    return image


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def mobiles(text: str) -> tuple[Finding, ...]:
    return tuple(Finding(hit.start(), hit.end(), "CN_MOBILE_NUMBER", 0.9, "test") for hit in MOBILE.finditer(text))


def text_of(reader: PictureReader, picture: bytes) -> str:
    return "\n".join(line.text for line in reader.read(decode(picture, DEFAULT_LIMITS).image))


@pytest.fixture(scope="module")
def reader() -> PictureReader:
    return open_reader(on_cpu=True)


@pytest.fixture(scope="module")
def find() -> Find:
    engine = build_engine(("cn",))
    return lambda text: [found for found in analyze(engine, text) if found.score >= 0.4]


class BlindReader:
    """Reads the same lines whatever is painted."""

    def __init__(self, *lines: Line) -> None:
        self.lines = lines

    def read(self, image: Image.Image) -> tuple[Line, ...]:
        assert image.mode == "RGB"
        return self.lines


def test_lines_are_read_exactly_and_in_their_order(reader: PictureReader) -> None:
    assert tuple(line.text for line in reader.read(drawn(*LETTER))) == LETTER


def test_every_character_has_its_cell_and_cells_follow_one_another(reader: PictureReader) -> None:
    for line in reader.read(drawn(*LETTER)):
        assert len(line.cells) == len(line.text)
        borders = [border for cell in line.cells for border in cell]
        assert borders == sorted(borders)
        assert (borders[0], borders[-1]) == (0.0, 1.0)


def test_reading_twice_gives_the_same_to_the_last_digit(reader: PictureReader) -> None:
    assert reader.read(drawn(*LETTER)) == reader.read(drawn(*LETTER))


def test_what_is_read_does_not_depend_on_the_picture_that_was_read_before(reader: PictureReader) -> None:
    first = reader.read(drawn(*LETTER))
    reader.read(drawn("Another picture", size=(300, 900)))
    assert reader.read(drawn(*LETTER)) == first


def test_reading_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise AssertionError("a connection was tried")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert open_reader(on_cpu=True).read(drawn("13812345678"))[0].text == "13812345678"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_planted_name_phone_and_address_leave_painted_over_with_the_label_inside(reader: PictureReader, find: Find, kind: str) -> None:
    outcome = redact_picture(encoded(drawn(*LETTER), kind), engine_analyze=find, reader=reader, label=LABEL)
    assert {"PERSON", "CN_MOBILE_NUMBER", "CN_ADDRESS"} <= {found.entity_type for found in outcome.findings}
    left = text_of(reader, outcome.picture)
    assert [value for value in PLANTED if value in left] == []
    assert not regex.search(r"\d{4}", left)
    assert LETTER[2] in left
    assert LETTER[3] in left
    assert find_label(decode(outcome.picture, DEFAULT_LIMITS)) == LABEL
    assert (outcome.label_written, outcome.lines, outcome.unread, outcome.pixels) == (True, 4, 0, 760 * 300)


def test_what_is_painted_is_black_in_the_delivered_picture(reader: PictureReader) -> None:
    outcome = redact_picture(encoded(drawn("电话：13812345678 尽快")), engine_analyze=mobiles, reader=reader)
    image = decode(outcome.picture, DEFAULT_LIMITS).image
    (box,) = outcome.findings[0].boxes
    left, top, right, bottom = (round(pick(point[axis] for point in box)) for axis, pick in ((0, min), (1, min), (0, max), (1, max)))
    assert image.crop((left + 1, top + 3, right - 1, bottom - 3)).getcolors() == [((right - left - 2) * (bottom - top - 6), (0, 0, 0))]
    assert "尽快" in text_of(reader, outcome.picture)


@pytest.mark.parametrize("before", ["电话", "il.ii:", "客户姓名：", "WWW "])
@pytest.mark.parametrize(("points", "degrees"), [(14, 0), (28, 4), (44, 180)])
def test_no_pixel_of_a_value_is_left(reader: PictureReader, before: str, points: int, degrees: int) -> None:
    image = Image.new("RGB", (700, 260), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(FONT_PATH), points)
    x = 20.0
    for text, colour in ((before, "black"), ("13812345678", (200, 0, 0)), ("，谢谢 thanks", "black")):
        pen.text((x, 100), text, fill=colour, font=font)
        x += pen.textlength(text, font=font)
    turned = image.rotate(degrees, fillcolor="white", resample=Image.Resampling.BICUBIC)
    outcome = redact_picture(encoded(turned), engine_analyze=mobiles, reader=reader)
    red, green, _blue = decode(outcome.picture, DEFAULT_LIMITS).image.split()
    assert ImageChops.subtract(red, green).getextrema()[1] < 40


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_picture_that_lies_on_its_side_or_head_is_cleaned_too(reader: PictureReader, degrees: int) -> None:
    upright = drawn("请在今天下午联系电话：13812345678 谢谢", "The second line says little.")
    outcome = redact_picture(encoded(upright.rotate(degrees, expand=True)), engine_analyze=mobiles, reader=reader)
    assert [found.entity_type for found in outcome.findings] == ["CN_MOBILE_NUMBER"]
    again = decode(outcome.picture, DEFAULT_LIMITS).image.rotate(-degrees, expand=True)
    left = "\n".join(line.text for line in reader.read(again))
    assert not regex.search(r"\d{3}", left)
    assert "请在今天下午联系电话" in left
    assert "The second line says little." in left


def test_text_at_an_angle_is_covered(reader: PictureReader) -> None:
    tilted = drawn("联系电话：13812345678 谢谢").rotate(12, fillcolor="white", resample=Image.Resampling.BICUBIC)
    outcome = redact_picture(encoded(tilted), engine_analyze=mobiles, reader=reader)
    assert outcome.findings
    assert not regex.search(r"\d{3}", text_of(reader, outcome.picture))


def test_a_value_that_stands_again_where_the_finder_is_silent_is_painted_over_too(reader: PictureReader) -> None:
    def only_after_its_word(text: str) -> list[Finding]:
        return [Finding(hit.start(1), hit.end(1), "PERSON", 0.9, "test") for hit in regex.finditer(r"姓名：(\p{Han}{3})", text)]

    outcome = redact_picture(encoded(drawn("姓名：王建国", "签字 王建国 留存")), engine_analyze=only_after_its_word, reader=reader)
    assert [found.recognizer for found in outcome.findings] == ["test", "repeated"]
    assert "王建国" not in text_of(reader, outcome.picture)
    assert outcome.rounds == 2


def test_a_label_that_is_there_is_kept_and_extended(reader: PictureReader) -> None:
    out = io.BytesIO()
    image = drawn("13812345678")
    image.save(out, "JPEG", xmp=attachments(LABEL, "", "JPEG").xmp)
    ours = AigcLabel("3", "other", "other", "", "passer-on", "p-1")
    outcome = redact_picture(out.getvalue(), engine_analyze=mobiles, reader=reader, label=ours)
    kept = find_label(decode(outcome.picture, DEFAULT_LIMITS))
    assert kept == AigcLabel("1", LABEL.producer, LABEL.produce_id, "", "passer-on", "p-1")


def test_a_picture_without_text_or_label_leaves_as_it_is(reader: PictureReader) -> None:
    image = Image.new("RGB", (120, 90), (10, 120, 200))
    outcome = redact_picture(encoded(image), engine_analyze=mobiles, reader=reader)
    assert (outcome.findings, outcome.lines, outcome.label_written) == ((), 0, False)
    assert decode(outcome.picture, DEFAULT_LIMITS).image.tobytes() == image.tobytes()


@pytest.mark.parametrize("size", [(1500, 6), (6, 1500), (1, 1), (3000, 40)])
def test_slender_pictures_are_read_without_being_blown_up(reader: PictureReader, size: tuple[int, int]) -> None:
    assert reader.read(Image.new("RGB", size, "white")) == ()


@pytest.mark.parametrize("points", [10, 16, 28, 120, 300])
def test_letters_of_every_size_are_read_in_a_large_picture(reader: PictureReader, points: int) -> None:
    large = Image.new("RGB", (2600, 1200), "white")
    large.paste(drawn("13812345678", size=(2200, 500), points=points), (300, 500))
    assert [line.text for line in reader.read(large)] == ["13812345678"]


def test_a_line_over_many_tiles_is_read_as_one(reader: PictureReader) -> None:
    long = "客户姓名：王建国，联系电话：13812345678，住址：上海市浦东新区世纪大道100号8楼，订单已于昨日发出"
    assert [line.text for line in reader.read(drawn(long, size=(1700, 100)))] == [long]


def test_a_script_that_the_reader_does_not_know_is_counted_as_unread(reader: PictureReader) -> None:
    outcome = redact_picture(encoded(drawn("안녕하세요 제 이름은 김민수")), engine_analyze=mobiles, reader=reader)
    assert outcome.unread >= 1


def test_a_picture_that_cannot_be_cleaned_is_refused_and_the_refusal_holds_no_text() -> None:
    line = Line("13812345678", ((0, 0), (50, 0), (50, 10), (0, 10)), 0.9)
    with pytest.raises(PictureNotCleanError) as refusal:
        redact_picture(encoded(drawn()), engine_analyze=mobiles, reader=BlindReader(line))
    assert "138" not in str(refusal.value)


def test_lines_that_cannot_be_read_are_counted() -> None:
    lines = (Line("???", ((0, 0), (50, 0), (50, 10), (0, 10)), 0.2), Line("fine", ((0, 20), (50, 20), (50, 30), (0, 30)), 0.9))
    outcome = redact_picture(encoded(drawn()), engine_analyze=mobiles, reader=BlindReader(*lines))
    assert (outcome.lines, outcome.unread) == (2, 1)


def test_a_value_over_two_lines_is_covered_on_both() -> None:
    lines = [Line("ab cd", ((0, 0), (50, 0), (50, 10), (0, 10)), 1.0), Line("ef gh", ((0, 20), (50, 20), (50, 30), (0, 30)), 1.0)]
    text, starts = joined(lines)
    assert text == "ab cd\nef gh"
    assert parts(lines, starts, 3, 8) == ((lines[0], 3, 5), (lines[1], 0, 2))


def test_a_line_without_cells_is_covered_whole() -> None:
    line = Line("姓名王建国", ((10, 10), (110, 10), (110, 30), (10, 30)), 1.0)
    cover = cover_of(line, 3, 4)
    assert min(x for x, _ in cover) < 10
    assert max(x for x, _ in cover) > 110
    assert min(y for _, y in cover) < 10
    assert max(y for _, y in cover) > 30


def test_cells_are_not_known_where_columns_and_letters_do_not_match() -> None:
    class Words:
        word_cols = ([1, 2],)
        line_txt_len = 10.0

    assert cells_of("abc", Words()) == ()
    assert len(cells_of("a b", Words())) == 3


def test_more_lines_than_the_limit_are_refused(reader: PictureReader) -> None:
    few = open_reader(on_cpu=True, limits=PictureLimits(lines_max=2))
    with pytest.raises(PictureTooLargeError):
        few.read(drawn(*LETTER))
    assert len(reader.read(drawn(*LETTER))) == 4


def test_a_failing_stage_says_sizes_and_no_text(reader: PictureReader, monkeypatch: pytest.MonkeyPatch) -> None:
    few = open_reader(on_cpu=True)

    def fail(_input: object) -> None:
        raise ValueError("13812345678")

    monkeypatch.setattr(few, "_recognise", fail)
    with pytest.raises(DetectionError, match="760 x 300") as failure:
        few.read(drawn(*LETTER))
    assert "138" not in str(failure.value)


def test_the_font_of_these_pictures_is_the_pinned_one() -> None:
    assert Path(str(FONT_PATH)).name == "NotoSansCJKjp-Regular.otf"

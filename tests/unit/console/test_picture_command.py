"""`carnet picture`: a picture in, a picture without the values out, and no value in what is printed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from noto_cjk_sans_jp_regular import FONT_PATH
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner

from console import cli
from detectors.analyzer import Engine, build_engine
from detectors.pictures.decode import decode
from detectors.pictures.labels import AigcLabel, find_label
from detectors.pictures.limits import DEFAULT_LIMITS
from detectors.pictures.reader import PictureReader, open_reader

Run = Callable[..., str]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return build_engine(("cn",))


@pytest.fixture(scope="module")
def reader() -> PictureReader:
    return open_reader(on_cpu=True)


@pytest.fixture
def carnet_picture(engine: Engine, reader: PictureReader, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("console.scan.new_engine", lambda _detect, _models: engine)
    monkeypatch.setattr("detectors.pictures.reader.open_reader", lambda **_options: reader)

    def run(*words: str | Path, code: int = 0) -> str:
        answer = CliRunner().invoke(cli.app, ["picture", *map(str, words)])
        assert answer.exit_code == code, answer.output
        return answer.output

    return run


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    image = Image.new("RGB", (640, 160), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(FONT_PATH), 28)
    for number, line in enumerate(("客户姓名：王建国，电话：13812345678", "Thank you for your order.")):
        pen.text((30, 20 + number * 60), line, fill="black", font=font)
    image.save(tmp_path / "letter.png")
    return tmp_path / "letter.png"


def label_of(path: Path) -> AigcLabel | None:
    return find_label(decode(path.read_bytes(), DEFAULT_LIMITS))


def test_the_values_are_gone_the_rest_is_there_and_the_label_is_inside(carnet_picture: Run, letter: Path, reader: PictureReader) -> None:
    out = letter.with_name("out.png")
    said = carnet_picture(letter, out, "--label-producer", "00119131EXAMPLE", "--label-id", "c-1")
    left = "\n".join(line.text for line in reader.read(decode(out.read_bytes(), DEFAULT_LIMITS).image))
    assert "王建国" not in left
    assert "138" not in left
    assert "Thank you for your order." in left
    assert label_of(out) == AigcLabel("1", "00119131EXAMPLE", "c-1")
    assert "CN_MOBILE_NUMBER" in said
    assert "138" not in said


def test_json_has_types_and_boxes_and_no_text(carnet_picture: Run, letter: Path) -> None:
    said = carnet_picture(letter, letter.with_name("out.png"), "--json")
    fields = json.loads(said)
    assert (fields["media_type"], fields["width"], fields["height"], fields["label"]) == ("image/png", 640, 160, False)
    assert {"PERSON", "CN_MOBILE_NUMBER"} <= {found["type"] for found in fields["findings"]}
    assert all(len(box) == 4 for found in fields["findings"] for box in found["boxes"])
    assert "13812345678" not in said
    assert "王" not in said


def test_only_the_types_asked_for_are_painted_over(carnet_picture: Run, letter: Path, reader: PictureReader) -> None:
    out = letter.with_name("out.png")
    carnet_picture(letter, out, "--types", "CN_MOBILE_NUMBER")
    left = "\n".join(line.text for line in reader.read(decode(out.read_bytes(), DEFAULT_LIMITS).image))
    assert "王建国" in left
    assert "138" not in left


def test_a_label_from_before_is_kept_and_gets_who_passes_it_on(carnet_picture: Run, letter: Path) -> None:
    once, twice = letter.with_name("once.png"), letter.with_name("twice.png")
    carnet_picture(letter, once, "--label-producer", "first", "--label", "possibly")
    carnet_picture(once, twice, "--label-propagator", "second", "--label-propagate-id", "p-2")
    assert label_of(twice) == AigcLabel("2", "first", "", "", "second", "p-2")


def test_what_is_no_picture_is_refused_and_nothing_is_written(carnet_picture: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("my number is 13812345678", encoding="utf-8")
    said = carnet_picture(tmp_path / "letter.txt", tmp_path / "out.png", code=1)
    assert "no PNG, JPEG or WebP" in said
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("options", [("--label", "surely"), ("--label-id", "c-1")])
def test_options_that_make_no_sense_are_refused_before_anything_is_read(
    carnet_picture: Run, letter: Path, options: tuple[str, str]
) -> None:
    carnet_picture(letter, letter.with_name("out.png"), *options, code=2)
    assert not letter.with_name("out.png").exists()


def test_the_picture_is_not_written_over_itself(carnet_picture: Run, letter: Path) -> None:
    before = letter.read_bytes()
    assert "not written over itself" in carnet_picture(letter, letter, code=2)
    assert letter.read_bytes() == before


def test_a_format_stays_what_it_is_whatever_the_name_says(carnet_picture: Run, letter: Path) -> None:
    out = io.BytesIO()
    with Image.open(letter) as image:
        image.save(out, "JPEG")
    source = letter.with_name("really-a-jpeg.png")
    source.write_bytes(out.getvalue())
    assert json.loads(carnet_picture(source, letter.with_name("out.bin"), "--json"))["media_type"] == "image/jpeg"

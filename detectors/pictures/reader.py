"""Reads the lines of text in a picture, and where in the line each character stands.

Detection, turning and recognition are PP-OCRv6 small as the package rapidocr ships it; its code prepares the pixels and decodes the
answers. The sessions are ours (``models.session``): pinned digests, one thread, and no path on which that package would fetch a file.
Lines are recognised one by one, so that what is read in a line does not depend on the other lines.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from detectors.pictures.limits import DEFAULT_LIMITS, PictureLimits
from detectors.pictures.lines import LineDetector
from models.manifest import MANIFEST_PATH, load
from models.session import OnnxModel, open_model
from schemas.errors import ConfigurationError, DetectionError, PictureTooLargeError

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
Cell = tuple[float, float]

PICTURES_MANIFEST_PATH = MANIFEST_PATH.with_name("pictures.yaml")
SURE = 0.5  # rapidocr's own threshold of a line; what is under it counts as unread
_CERTAIN = 0.9  # a line read worse is read upside down, too
_LINE_RATIO_MAX = 120  # a line longer than so many times its height is a rule or a border
_TURNED_RATIO = 1.5  # rapidocr turns crops that are so much higher than wide by a quarter
_WARM_UP_PX = 32


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    Attributes:
        text: What is read; empty where something looks like text and no character of it is known.
        quad: Its corners in pixels: where the text begins above, where it ends above, where it ends below, where it begins below.
        score: Confidence in [0, 1].
        cells: For each code point, where it begins and ends along the line, in [0, 1]; empty if that is not known.
    """

    text: str
    quad: Quad
    score: float
    cells: tuple[Cell, ...] = ()


class Reader(Protocol):
    """Reads pictures."""

    def read(self, image: Image.Image) -> tuple[Line, ...]:
        """Return the lines of an RGB picture in reading order: from above to below, from left to right."""
        ...


class _Options(dict[str, Any]):
    """The options of one of rapidocr's stages, as it reads them: by key and by attribute."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        return self[name]


class PictureReader:
    """The reader of the pipeline.

    Args:
        models: The three sessions by the manifest's names.
        limits: How many lines one picture may have.
    """

    __slots__ = ("_classify", "_crop", "_detect", "_limits", "_recognise", "_to_input")

    def __init__(self, models: Mapping[str, OnnxModel], limits: PictureLimits = DEFAULT_LIMITS) -> None:
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        detection, turning, recognition = (
            importlib.import_module(f"rapidocr.{name}") for name in ("ch_ppocr_det", "ch_ppocr_cls", "ch_ppocr_rec")
        )
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)  # its import sets it, too
        importlib.import_module("cv2").setNumThreads(1)
        kinds = importlib.import_module("rapidocr.utils.typings")
        engine = {"engine_type": kinds.EngineType.ONNXRUNTIME}
        self._detect = LineDetector(detection.TextDetector(_Options(engine, session=models["picture_lines"].session)))
        self._classify = turning.TextClassifier(
            _Options(
                engine,
                session=models["picture_turn"].session,
                ocr_version=kinds.OCRVersion.PPOCRV4,
                cls_batch_num=1,
                cls_thresh=0.9,
                label_list=["0", "180"],
            )
        )
        self._recognise = recognition.TextRecognizer(
            _Options(
                engine,
                session=models["picture_text"].session,
                lang_type=kinds.LangRec.CH,
                rec_batch_num=1,
                rec_img_shape=[3, 48, 320],
                font_path=None,
            )
        )
        self._to_input = recognition.TextRecInput
        self._crop = importlib.import_module("rapidocr.utils.process_img").get_rotate_crop_image
        self._limits = limits

    def read(self, image: Image.Image) -> tuple[Line, ...]:
        """Return the lines of an RGB picture in reading order.

        Raises:
            PictureTooLargeError: More lines than the limit.
            DetectionError: A stage failed; the message holds sizes, no text.
        """
        pixels = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])  # the models were trained on blue, green, red
        try:
            boxes = self._detect.boxes(pixels)
            if len(boxes) <= self._limits.lines_max:
                return tuple(self._line(pixels, box) for box in boxes)
        except Exception as error:  # noqa: BLE001  three libraries below, without a common base of their exceptions
            raise DetectionError(f"reading {image.width} x {image.height} pixels failed with {type(error).__name__}") from None
        raise PictureTooLargeError(f"{len(boxes)} lines of text, at most {self._limits.lines_max}")

    def _line(self, pixels: npt.NDArray[np.uint8], box: npt.NDArray[np.float32]) -> Line:
        """Return one line that was detected."""
        corners = [(float(x), float(y)) for x, y in box]
        crop = self._crop(pixels, box.astype(np.float32))
        height, width = crop.shape[:2]
        if width > _LINE_RATIO_MAX * height:
            return Line("", _quad(corners), 0.0)
        sides = [float(np.linalg.norm(box[here] - box[there])) for here, there in ((0, 1), (2, 3), (0, 3), (1, 2))]
        if int(max(sides[2:])) / max(int(max(sides[:2])), 1) >= _TURNED_RATIO:
            corners = [corners[1], corners[2], corners[3], corners[0]]  # a quarter turn to the left: the line begins at its upper right
        answer, sure = self._classify([crop]).cls_res[0]
        on_its_head = answer == "180" and sure > self._classify.cls_thresh
        line = self._recognised(crop, corners, on_its_head=on_its_head)
        if line.score >= _CERTAIN:
            return line
        other = self._recognised(crop, corners, on_its_head=not on_its_head)  # the classifier errs; a line on its head reads badly
        return max(line, other, key=lambda each: each.score)

    def _recognised(self, crop: npt.NDArray[np.uint8], corners: list[Point], *, on_its_head: bool) -> Line:
        """Return what a line says that stands upright, or on its head."""
        upright = np.ascontiguousarray(crop[::-1, ::-1]) if on_its_head else crop
        read = self._recognise(self._to_input(img=[upright], return_word_box=True))
        text = str(read.txts[0])
        quad = _quad(corners[2:] + corners[:2] if on_its_head else corners)
        return Line(text, quad, float(read.scores[0]), cells_of(text, read.word_results[0]))


def open_reader(*, require_gpu: bool = False, on_cpu: bool = False, limits: PictureLimits = DEFAULT_LIMITS) -> PictureReader:
    """Return the reader, after the digests of its three models were checked.

    Args:
        require_gpu: Refuse anything but CUDA.
        on_cpu: Run on the CPU whatever is installed.
        limits: How many lines one picture may have.

    Raises:
        ConfigurationError: rapidocr is not installed.
        ArtifactError: A model is not the pinned one.
        ProviderError: Not exactly one ONNX runtime is installed, or the GPU demanded does not run the models.
    """
    try:
        package = importlib.import_module("rapidocr")
    except ModuleNotFoundError:
        raise ConfigurationError("reading pictures needs the package rapidocr: run `pip install carnet[pictures]`") from None
    directory = Path(str(package.__file__)).parent / "models"
    manifest = load(PICTURES_MANIFEST_PATH)
    return PictureReader(
        {
            name: open_model(
                manifest,
                name,
                require_gpu=require_gpu,
                on_cpu=on_cpu,
                directory=directory,
                labelled=False,
                warm_up_size=_WARM_UP_PX,
            )
            for name in manifest.models
        },
        limits,
    )


def cells_of(text: str, words: Any) -> tuple[Cell, ...]:
    """Return where each code point begins and ends along its line, from the columns in which the recogniser saw them.

    A column lies somewhere within its character; the borders are drawn half-way between the columns of neighbours. A space has no column
    of its own and lies between its neighbours.

    Args:
        text: What was read.
        words: rapidocr's ``WordInfo`` of the line.
    """
    columns = [column for word in words.word_cols for column in word]
    length = float(words.line_txt_len)
    marks = [position for position, letter in enumerate(text) if not letter.isspace()]
    if length <= 0 or not marks or len(columns) != len(marks):
        return ()
    centres = np.interp(range(len(text)), marks, [(column + 0.5) / length for column in columns])
    borders = [0.0, *(float(here + there) / 2 for here, there in pairwise(centres)), 1.0]
    return tuple((min(start, 1.0), min(max(start, end), 1.0)) for start, end in pairwise(borders))


def _quad(corners: Sequence[Point]) -> Quad:
    return (corners[0], corners[1], corners[2], corners[3])

"""Which countries are in play for a text, and that an identifier is reported lower where its country is."""

from __future__ import annotations

import pytest

from console.documents import Document, Scanned
from console.places import Languages, Wanted, in_play, parse_wanted
from console.selection import Selector, parse_types
from detectors.finding import Finding
from detectors.thresholds import Least, Thresholds, bundled
from schemas.errors import ConfigurationError

AUTO = Wanted(frozenset(), auto=True, language="", destination="")
TABLE = Thresholds(
    default=Least(0.5, 0.5),
    types={"SG_NRIC_FIN": Least(0.8, 0.3), "TH_TNIN": Least(0.8, 0.3)},
    languages={"zh": frozenset({"CN", "SG"}), "th": frozenset({"TH"})},
    prefixes={"UK": "GB"},
    countries={},
)
ENGLISH = "The committee met on Monday to discuss the draft and took the minutes of the whole meeting with great care. " * 4
CHINESE = "委员会星期一在北京开会讨论了草案，并且非常认真地记录了会议的全部内容。" * 12


def nric(score: float, entity_type: str = "SG_NRIC_FIN") -> Finding:
    return Finding(0, 9, entity_type, score, "SgNricFinRecognizer")


class Spoken(Languages):
    """Says the languages that it was told, without a model."""

    __slots__ = ("_told",)

    def __init__(self, *told: str) -> None:
        super().__init__()
        self._told = told

    def of(self, text: str) -> tuple[str, ...]:
        del text
        return self._told


def kept(wanted: Wanted, *spoken: str, destination: str = "", threshold: float | None = None, scores: tuple[float, ...] = (0.4,)) -> int:
    selector = Selector(wanted, thresholds=TABLE, languages=Spoken(*spoken), threshold=threshold)
    scanned = Scanned(Document("d", "S1234567D", destination=destination), tuple(nric(score) for score in scores))
    return len(selector.select(scanned).findings)


def test_a_weak_identifier_counts_where_language_or_destination_put_its_country_in_play() -> None:
    assert kept(AUTO, "en") == 0
    assert kept(AUTO, "zh") == 1
    assert kept(AUTO, "en", destination="SG") == 1
    assert kept(Wanted(frozenset(), auto=True, language="", destination="SG"), "en") == 1
    assert kept(Wanted(frozenset(), auto=True, language="zh", destination=""), "en") == 1


def test_an_identifier_that_is_certain_puts_its_country_in_play_for_the_weak_ones_beside_it() -> None:
    assert kept(AUTO, "en", scores=(0.4, 1.0)) == 2
    assert kept(AUTO, "en", scores=(0.4, 0.85)) == 1


def test_countries_that_are_named_are_in_play_and_no_others() -> None:
    thresholds = bundled()
    named = parse_wanted("sg, uk", "auto", "", thresholds)
    assert in_play(named, ("th",), "", (nric(1.0, "TH_TNIN"),), thresholds) == {"SG", "GB"}
    assert in_play(parse_wanted("sg,auto", "auto", "jp", thresholds), ("th",), "", (), thresholds) == {"SG", "TH", "JP"}
    assert in_play(parse_wanted("all", "auto", "", thresholds), (), "", (), thresholds) is None
    assert kept(parse_wanted("all", "auto", "", thresholds), "en") == 1
    assert kept(parse_wanted("cn", "auto", "", thresholds), "zh") == 0


def test_a_line_s_own_destination_counts_more_than_the_option_s() -> None:
    wanted = parse_wanted("auto", "en", "jp", bundled())
    assert in_play(wanted, ("en",), "SG", (), bundled()) == {"SG"}
    assert in_play(wanted, ("en",), "", (), bundled()) == {"JP"}


def test_one_threshold_of_the_user_s_own_goes_for_all_types_and_says_so() -> None:
    assert kept(AUTO, "zh", threshold=0.45) == 0
    assert kept(AUTO, "en", threshold=0.35) == 1
    selector = Selector(AUTO, thresholds=TABLE, languages=Spoken(), threshold=0.35)
    reported = selector.select(Scanned(Document("d", "S1234567D"), (nric(0.4), nric(0.2))))
    assert selector.threshold_of("SG_NRIC_FIN", reported) == (0.35, "--threshold")
    assert reported.weak == 1


def test_the_threshold_that_applies_is_given_with_its_reason() -> None:
    selector = Selector(AUTO, thresholds=TABLE, languages=Spoken("zh"))
    reported = selector.select(Scanned(Document("d", "S1234567D"), (nric(0.4),)))
    assert selector.threshold_of("SG_NRIC_FIN", reported) == (0.3, "SG is in play")
    assert selector.threshold_of("TH_TNIN", reported) == (0.8, "TH is not in play")
    assert selector.threshold_of("PERSON", reported)[0] == 0.5


def test_the_languages_of_a_text_are_told_by_the_model_and_mixed_ones_are_both_named() -> None:
    languages = Languages()
    assert languages.of(ENGLISH) == ("en",)
    assert languages.of(CHINESE) == ("zh",)
    assert set(languages.of(ENGLISH + CHINESE)) == {"en", "zh"}
    assert languages.of("0912 345 678 / ann@quarrydesk.com") == ()
    assert languages.of("") == ()


@pytest.mark.parametrize(("given", "like"), [("EMAIL", "EMAIL_ADDRESS"), ("SG_NRIC", "SG_NRIC_FIN"), ("ZZZZZZ", "CN_*")])
def test_a_type_that_no_recogniser_reports_is_refused_with_those_that_are_like_it(given: str, like: str) -> None:
    with pytest.raises(ConfigurationError, match=given) as refusal:
        parse_types(f"PERSON,{given}", {"PERSON", "EMAIL_ADDRESS", "SG_NRIC_FIN"})
    assert like in str(refusal.value)

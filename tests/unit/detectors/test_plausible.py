"""What the English names model takes for a name is judged by its characters."""

import pytest

from detectors.plausible import is_plausible_name


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("PERSON", "Priya Raghunathan"),
        ("PERSON", "Krisztián Szöllösy"),
        ("PERSON", "Nguyễn Thị Minh"),
        ("PERSON", "221B Baker Street"),
        ("LOCATION", "US"),
        ("LOCATION", "10 Downing Street"),
        ("DATE_TIME", "2024年"),
    ],
)
def test_names_of_people_and_places_are_plausible(kind: str, written: str) -> None:
    assert is_plausible_name(kind, written)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("PERSON", "其测试包含了美术治疗法"),
        ("LOCATION", "条形码6901234567892"),
        ("PERSON", "رقم الهوية"),
        ("PERSON", "GSTIN"),
        ("PERSON", "XX-XX-XX"),
        ("PERSON", "C6H12O6"),
        ("PERSON", "Psalm 119:105"),
        ("LOCATION", "AAA-9999"),
        ("NRP", "連絡先"),
    ],
)
def test_labels_numbers_and_clauses_in_other_scripts_are_not(kind: str, written: str) -> None:
    assert not is_plausible_name(kind, written)

"""The grammar that Carnet's identifier recognisers share: Presidio's, with the norm named and the digits narrowed before the check."""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern, PatternRecognizer

from detectors.recognizers.alphabet import compact


class IdentifierRecognizer(PatternRecognizer):
    r"""A recogniser of one kind of identifier; usable in a stock ``AnalyzerEngine`` as it is.

    A subclass states what it finds; patterns have bounded widths, name their characters (no ``\d``, ``\w``, ``\b``), match no line
    break, and stand between explicit look-arounds, so that an identifier glued to Chinese, Thai, Kana or Hangul letters is found.

    Attributes:
        ENTITY: The type that findings carry.
        COUNTRY_CODE: ISO 3166-1 alpha-2 in lower case, or None for what has no country.
        NORM: The norm, law or register that defines the identifier.
        PATTERNS: Presidio patterns; the score is that of a bare match without a check.
        CONTEXT: Words beside it that lift the score, in the local languages and in English, lower case.
    """

    ENTITY: ClassVar[str]
    COUNTRY_CODE: ClassVar[str | None] = None
    NORM: ClassVar[str]
    PATTERNS: ClassVar[tuple[Pattern, ...]]
    CONTEXT: ClassVar[tuple[str, ...]] = ()

    def __init__(self, supported_language: str = "en", supported_entity: str | None = None) -> None:
        """Join an engine.

        Args:
            supported_language: The language of that engine; identifiers are the same in all.
            supported_entity: Another name for the type.
        """
        super().__init__(
            supported_entity=supported_entity or self.ENTITY,
            supported_language=supported_language,
            patterns=list(self.PATTERNS),
            context=list(self.CONTEXT),
        )

    def validate_result(self, pattern_text: str) -> bool | None:
        """Return whether the check holds (score 1.0 or no finding), or None when the norm has no check."""
        return self.is_valid(compact(pattern_text))

    def is_valid(self, identifier: str) -> bool | None:
        """Check ASCII letters and digits in upper case, separators gone; None: the norm has no check."""
        del identifier
        return None

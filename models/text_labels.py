"""What the outputs of the text model mean, in the order of their columns; apart from how it is built, which needs ``onnx``."""

from __future__ import annotations

DOMAINS = (
    "health", "financial", "biometric", "religion", "minor", "location", "identity",
    "political", "union", "sexual", "genetic", "criminal",
)  # fmt: skip
KINDS = ("prose", "code", "structured", "service")
NAME_TAGS = ("O", "B-PERSON", "I-PERSON", "B-LOCATION", "I-LOCATION", "B-ORGANIZATION", "I-ORGANIZATION")

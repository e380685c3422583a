"""The names of the topics, and of the one fixed key; plain strings, so that the pure core can say where a record goes without Kafka."""

from typing import Final

INFERENCE: Final = "carnet.inference.v1"
DELIVERIES: Final = "carnet.deliveries.v1"
AUDIT: Final = "carnet.audit.v1"
HELD: Final = "carnet.held.v1"
USAGE: Final = "carnet.usage.v1"
DEAD_LETTERS: Final = "carnet.dead-letters.v1"
STATE: Final = "carnet.state.v1"
CHECKPOINTS: Final = "carnet.checkpoints.v1"
REVIEWS: Final = "carnet.reviews.v1"
SUBJECTS: Final = "carnet.subjects.v1"
TOTALS: Final = "carnet.totals.v1"
MECHANISMS: Final = "carnet.mechanisms.v1"

PROGRESS_KEY: Final = b"partition"
RECORD_BYTES_MAX: Final = 4 * 1024 * 1024

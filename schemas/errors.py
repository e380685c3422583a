"""Every error that Carnet raises, in one tree.

Details are names, ids, offsets and sizes, never text of a stream: an error may end in a log, the text may not.

    CarnetError
    ├── SchemaError             a record that cannot be read: dead letter
    ├── StreamError             a record that can be read and does not fit its stream: dead letter or hold
    ├── ReviewError             a human's answer that cannot be applied: dead letter; what is held stays held
    ├── DetectionError          a detector failed on a segment: hold
    │   └── PictureError        a picture cannot be read, is over a limit, or cannot be cleaned: hold
    ├── RetryableError          a transaction or a broker call that may succeed on another try
    ├── ConfigurationError      the start is refused: settings, topology, models, packs, keys
    ├── LedgerError             the evidence does not verify
    └── InvariantError          a broken promise of our own code: the worker exits
"""

from __future__ import annotations


class CarnetError(Exception):
    """Root of the tree; ``code`` is what goes on the wire.

    Args:
        detail: Names, ids, offsets, sizes. Never text of a stream.
    """

    code = "carnet_error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class SchemaError(CarnetError):
    """A record that cannot be read."""

    code = "schema_error"


class NullValueError(SchemaError):
    """An inbound record without a value."""

    code = "null_value"


class BadMagicError(SchemaError):
    """The first byte is not the Confluent magic byte 0."""

    code = "bad_magic"


class UnknownSchemaError(SchemaError):
    """The schema id is in no registry known to this worker."""

    code = "unknown_schema"


class UnexpectedRecordError(SchemaError):
    """A known record type that does not belong on this topic."""

    code = "unexpected_record"


class TruncatedError(SchemaError):
    """Avro ended early, or left bytes over."""

    code = "truncated_avro"


class InvalidUtf8Error(SchemaError):
    """A string field is not UTF-8."""

    code = "invalid_utf8"


class OversizeError(SchemaError):
    """A record or a chunk is larger than the limit."""

    code = "oversize"


class KeyMismatchError(SchemaError):
    """The Kafka key is not the stream id of the record."""

    code = "key_mismatch"


class StreamError(CarnetError):
    """A readable record that does not fit the state of its stream."""

    code = "stream_error"


class ChunkBeforeOpenError(StreamError):
    """A chunk or a close for a stream that was never opened."""

    code = "chunk_before_open"


class ChunkAfterCloseError(StreamError):
    """A chunk or a close for a stream that is closed."""

    code = "chunk_after_close"


class SecondOpenError(StreamError):
    """A stream id that is open, or was, is opened again."""

    code = "second_open"


class SequenceGapError(StreamError):
    """A chunk is missing: what follows cannot be decided in order."""

    code = "sequence_gap"


class SequenceRepeatError(StreamError):
    """A chunk came again."""

    code = "sequence_repeat"


class TotalsMismatchError(StreamError):
    """The totals of the close do not equal what came in."""

    code = "totals_mismatch"


class WrongPartitionError(StreamError):
    """A record lies in another partition than its key says."""

    code = "wrong_partition"


class UnknownDestinationError(StreamError):
    """The destination is no ISO 3166-1 alpha-2 code that a pack knows."""

    code = "unknown_destination"


class HoldBackExceededError(StreamError):
    """Text could not become final within the cap."""

    code = "hold_back_exceeded"


class ReviewError(CarnetError):
    """A review that cannot be applied: nothing of it is, and what is held stays held."""

    code = "review_refused"


class ReviewWordError(ReviewError):
    """A verdict, a reason or an entity type that is no word of the list, or a note's digest that is none."""

    code = "review_unknown_word"


class ReviewerUnknownError(ReviewError):
    """The reviewer is not on the list of those who may answer."""

    code = "review_unknown_reviewer"


class ReviewSignatureError(ReviewError):
    """The signature is not the reviewer's over this very review."""

    code = "review_bad_signature"


class NoCaseError(ReviewError):
    """Nothing of the stream is held."""

    code = "review_no_case"


class ReviewTooLateError(ReviewError):
    """The review came after the deadline of the case."""

    code = "review_too_late"


class NotOldestHeldError(ReviewError):
    """The review does not name the oldest held segments of its stream, in order, as the ledger has them."""

    code = "review_not_oldest"


class HeldAlteredError(ReviewError):
    """A held segment in the review is not what was held, or does not open with this worker's keys."""

    code = "review_held_altered"


class SamePersonError(ReviewError):
    """A second approval by whoever gave the first."""

    code = "review_same_person"


class CaseTooLargeError(ReviewError):
    """More of the stream was held than a case can list, so that it cannot be approved."""

    code = "review_case_too_large"


class ReviewRejectedError(ReviewError):
    """A human rejected what was held of the stream, or nobody answered in time: the rest of it is blocked."""

    code = "review_rejected"


class DetectionError(CarnetError):
    """A detector failed on a stream."""

    code = "detection_failed"


class PictureError(DetectionError):
    """A picture cannot be decided on."""

    code = "picture_refused"


class PictureTooLargeError(PictureError):
    """A picture is over a limit: bytes, pixels, sides, lines."""

    code = "picture_too_large"


class PictureUnreadableError(PictureError):
    """The bytes are no picture of a known kind, or a broken one."""

    code = "picture_unreadable"


class PictureNotCleanError(PictureError):
    """A value can still be read in a picture after it was painted over."""

    code = "picture_not_clean"


class RetryableError(CarnetError):
    """May succeed on another try."""

    code = "retryable"


class ConfigurationError(CarnetError):
    """The start is refused."""

    code = "configuration"

    def __str__(self) -> str:
        """Say it as one line a person can act on, without the wire code."""
        return self.detail


class TopologyError(ConfigurationError):
    """A topic is missing or has the wrong shape."""

    code = "topology"


class ArtifactError(ConfigurationError):
    """A model file is missing or does not match its digest."""

    code = "artifact"


class ProviderError(ConfigurationError):
    """The ONNX runtime or its execution provider is not the one demanded."""

    code = "provider"


class PackError(ConfigurationError):
    """A rule pack is refused."""

    code = "pack"


class LedgerError(CarnetError):
    """The evidence does not verify."""

    code = "ledger"


class InvariantError(CarnetError):
    """A promise of our own code is broken; the worker must exit."""

    code = "invariant"

"""Send answers through the pipeline as an inference service would, and wait until each stream is accounted for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from console.account import Account
from console.answers import Answer
from console.cutting import InboundRecord, interleave
from console.readers import TopicReader
from schemas.codec import Codec
from schemas.errors import RetryableError
from schemas.partitioning import partition_of
from schemas.records import RequestOpened, TokenChunk
from streams.names import INFERENCE

SILENCE_S = 60.0
FLUSH_TIMEOUT_S = 60.0
READ_EVERY_RECORDS = 500
CONNECT_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a feed has come; ``seconds`` since its start."""

    streams: int
    chunks: int
    delivered: int
    withheld: int
    seconds: float

    @property
    def unaccounted(self) -> int:
        """Streams that were sent and whose end was not seen."""
        return self.streams - self.delivered - self.withheld

    def as_json(self) -> dict[str, float]:
        """Return what ``carnet feed --json`` prints."""
        return asdict(self)


class Feeder:
    """An idempotent producer that puts each record into the partition of its stream, and paces itself.

    Args:
        bootstrap_servers: Where the broker is.
        properties: Further librdkafka properties: TLS, SASL.
        tokens_per_s: Over all streams together; None is as fast as the broker takes them.
        codec: Knows the schema ids; the committed ones by default.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        properties: Mapping[str, str] | None = None,
        *,
        tokens_per_s: float | None = None,
        codec: Codec | None = None,
    ) -> None:
        """Connect and learn how many partitions the inbound topic has.

        Raises:
            RetryableError: No broker answers, or the topic is missing.
        """
        settings = {"bootstrap.servers": bootstrap_servers, "enable.idempotence": True, "acks": "all", "linger.ms": 5, "log_level": 0}
        self._producer = Producer({**settings, "client.id": "carnet-feed", **(properties or {})})
        self.codec = codec if codec is not None else Codec.committed()
        self._tokens_per_s = tokens_per_s
        self._failure: KafkaError | None = None
        self._began: float | None = None
        self.chunks = 0
        self._tokens = 0
        try:
            found = self._producer.list_topics(INFERENCE, timeout=CONNECT_TIMEOUT_S).topics[INFERENCE]
        except KafkaException as failure:
            raise RetryableError(f"no broker answers at {bootstrap_servers} ({failure.args[0].name()}): carnet status, carnet up") from None
        if found.error is not None:
            raise RetryableError(f"topic {INFERENCE} is missing: carnet topics create makes it")
        self.partitions = len(found.partitions)

    def send(self, record: InboundRecord) -> None:
        """Hand one record to the producer, waiting when its queue is full or the rate says so.

        Raises:
            SchemaError: The record is larger than the wire allows.
            RetryableError: The broker refused an earlier record.
        """
        if isinstance(record, TokenChunk):
            self._pace(record.token_count)
            self.chunks += 1
        value, key = self.codec.encode(record), record.stream_id.encode()
        partition = partition_of(record.stream_id, self.partitions)
        while True:
            try:
                self._producer.produce(INFERENCE, value=value, key=key, partition=partition, on_delivery=self._on_delivery)
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)
        self._refuse_failure()

    def flush(self) -> None:
        """Return when the broker has all of it.

        Raises:
            RetryableError: It does not take all within a minute.
        """
        left = self._producer.flush(FLUSH_TIMEOUT_S)
        self._refuse_failure()
        if left:
            raise RetryableError(f"the broker did not take {left} records within {FLUSH_TIMEOUT_S:.0f} s: carnet status")

    def _pace(self, tokens: int) -> None:
        """Sleep until the rate allows these tokens."""
        if self._tokens_per_s is None:
            return
        now = time.monotonic()
        if self._began is None:
            self._began = now
        ahead_s = self._tokens / self._tokens_per_s - (now - self._began)
        self._tokens += tokens
        if ahead_s > 0:
            self._producer.poll(0)
            time.sleep(ahead_s)

    def _on_delivery(self, failure: KafkaError | None, _message: Message) -> None:
        if failure is not None:
            self._failure = failure

    def _refuse_failure(self) -> None:
        if self._failure is not None:
            raise RetryableError(f"the broker refused a record of {INFERENCE}: {self._failure.name()}")


def feed(
    answers: Iterable[Answer],
    feeder: Feeder,
    reader: TopicReader | None,
    *,
    concurrency: int,
    account: Account | None = None,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
) -> Progress:
    """Send all answers; with a reader of deliveries and held segments, wait until all are accounted or 60 s bring nothing.

    Args:
        answers: What to send.
        feeder: Sends.
        reader: Stands at the end of the deliveries, the held segments and the audit since before the first record; None does not wait.
        concurrency: How many streams are open at a time.
        account: Keeps what became of each stream, for a caller that wants to know more than the totals.
        on_progress: Called now and then.
    """
    codec, account, began = feeder.codec, account if account is not None else Account(), time.monotonic()

    def progress() -> Progress:
        return Progress(len(account.sent), feeder.chunks, len(account.delivered), len(account.withheld), round(time.monotonic() - began, 3))

    def read(wait_s: float) -> bool:
        """Take in what came; tell whether any of it was ours."""
        if reader is None:
            return False
        ours = [account.note(codec.decode(message.value)) for message in reader.poll(wait_s) if message.value is not None]
        return any(ours)

    for number, record in enumerate(interleave(answers, concurrency)):
        if isinstance(record, RequestOpened):
            account.expect(record.stream_id)
        feeder.send(record)
        if number % READ_EVERY_RECORDS == 0:
            read(0)
            on_progress(progress())
    feeder.flush()
    heard = time.monotonic()
    while reader is not None and account.open and time.monotonic() - heard < SILENCE_S:
        if read(0.25):
            heard = time.monotonic()
        on_progress(progress())
    read(0.25)  # the entries of the last decisions: topics are fetched apart
    return progress()

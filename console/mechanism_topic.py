"""Read and write the topic of mechanisms, as a person does: read_committed, acknowledged by all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from console.readers import TopicReader
from jurisdictions.mechanisms import Register, change_of
from schemas.codec import Codec
from schemas.errors import RetryableError
from schemas.partitioning import partition_of
from schemas.records import MechanismOnFile
from streams.names import MECHANISMS

_CONNECT_S = 15.0
_FLUSH_S = 30.0


def read_register(servers: str, codec: Codec, properties: Mapping[str, str] | None = None) -> Register:
    """Return what is on file now.

    Raises:
        RetryableError: No broker answers.
        ConfigurationError: The topic is missing.
    """
    with TopicReader(servers, (MECHANISMS,), from_end=False, properties=properties) as reader:
        return Register().updated(change_of(codec, message.key or b"", message.value) for message in reader.until_now())


def publish(servers: str, records: Sequence[MechanismOnFile], codec: Codec, properties: Mapping[str, str] | None = None) -> None:
    """Put records on file; return when the broker has all of them.

    All records of an id lie in one partition, so that the newest one is the last.

    Raises:
        RetryableError: No broker answers, the topic is missing, or a record was not taken.
    """
    failures: list[str] = []

    def on_delivery(failure: KafkaError | None, _message: Message) -> None:
        if failure is not None:
            failures.append(failure.name())

    settings = {"bootstrap.servers": servers, "enable.idempotence": True, "acks": "all", "log_level": 0, "client.id": "carnet-mechanisms"}
    producer = Producer({**settings, **(properties or {})})
    try:
        topic = producer.list_topics(MECHANISMS, timeout=_CONNECT_S).topics[MECHANISMS]
    except KafkaException as failure:
        raise RetryableError(f"no broker answers at {servers} ({failure.args[0].name()}): carnet status, carnet up") from None
    if topic.error is not None:
        raise RetryableError(f"topic {MECHANISMS} is missing: carnet topics create makes it")
    for record in records:
        partition = partition_of(record.id, len(topic.partitions))
        producer.produce(MECHANISMS, value=codec.encode(record), key=record.id.encode(), partition=partition, on_delivery=on_delivery)
    left = producer.flush(_FLUSH_S)
    if failures or left:
        raise RetryableError(f"the broker did not take {len(failures) + left} of {len(records)} records: carnet status")

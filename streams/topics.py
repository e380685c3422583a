"""The topics: their names, their shape, how they are made and checked (kafka-python's admin client).

Everything is co-partitioned: inbound partition p writes partition p of every other topic, so all topics have equally many
partitions. A mistake here is a clear error at the start, not a hang later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError

from schemas.errors import TopologyError
from streams.names import (
    AUDIT,
    CHECKPOINTS,
    DEAD_LETTERS,
    DELIVERIES,
    HELD,
    INFERENCE,
    MECHANISMS,
    RECORD_BYTES_MAX,
    REVIEWS,
    STATE,
    SUBJECTS,
    TOTALS,
    USAGE,
)

_WEEK_MS = 7 * 24 * 3_600_000
_THREE_YEARS_MS = 3 * 365 * 24 * 3_600_000
_THIRTEEN_MONTHS_MS = 396 * 24 * 3_600_000
_FOREVER = -1


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic as it must be: its name, and the broker settings that matter for correctness."""

    name: str
    config: Mapping[str, str]


# An inbound record may be as large as Kafka's default lets it be (1 MiB); sealed into a dead letter, held or state record it is larger.
_ROOMY: Final = {"max.message.bytes": str(RECORD_BYTES_MAX)}


def _kept(retention_ms: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(retention_ms), **_ROOMY}


PLAN: Final = (
    # The broker's clock stamps what comes in: record time decides which law was in force, a producer must not choose it.
    TopicPlan(INFERENCE, {"cleanup.policy": "delete", "retention.ms": str(_WEEK_MS), "message.timestamp.type": "LogAppendTime"}),
    TopicPlan(DELIVERIES, _kept(_WEEK_MS)),
    # PIPL Art 56 and NDSR Art 12 ask for records of three years: evidence carries no text and may stay that long.
    TopicPlan(AUDIT, _kept(_THREE_YEARS_MS)),
    TopicPlan(CHECKPOINTS, _kept(_THREE_YEARS_MS)),
    TopicPlan(HELD, _kept(_FOREVER)),
    TopicPlan(USAGE, _kept(_THREE_YEARS_MS)),
    TopicPlan(DEAD_LETTERS, _kept(_FOREVER)),
    # Set aside sealed, a review is larger than it came in.
    TopicPlan(REVIEWS, {**_kept(_FOREVER), "max.message.bytes": "3500000", "message.timestamp.type": "LogAppendTime"}),
    # The longest window in which people are counted is twelve months; who counts reads its partition anew from the beginning.
    TopicPlan(SUBJECTS, _kept(_THIRTEEN_MONTHS_MS)),
    TopicPlan(TOTALS, {"cleanup.policy": "compact"}),
    TopicPlan(MECHANISMS, {"cleanup.policy": "compact"}),
    TopicPlan(STATE, {**_ROOMY, "cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.2", "segment.bytes": str(64 * 1024 * 1024)}),
)


def connect(bootstrap_servers: str, **settings: Any) -> KafkaAdminClient:
    """Return kafka-python's admin client.

    Raises:
        TopologyError: The broker cannot be reached.
    """
    try:
        return KafkaAdminClient(bootstrap_servers=bootstrap_servers.split(","), client_id="carnet-topics", **settings)
    except KafkaError as failure:
        raise TopologyError(
            f"no broker answers at {bootstrap_servers} ({type(failure).__name__}): is it running, is CARNET_KAFKA_BOOTSTRAP_SERVERS right?"
        ) from None


def create(bootstrap_servers: str, partitions: int, replication_factor: int = 1) -> tuple[str, ...]:
    """Create the topics that are missing, then check all of them; return the names of the new ones.

    Raises:
        TopologyError: A topic exists in another shape, or the broker refuses.
    """
    admin = connect(bootstrap_servers)
    created = []
    try:
        existing = set(admin.list_topics())
        for plan in PLAN:
            if plan.name in existing:
                continue
            topic = NewTopic(plan.name, num_partitions=partitions, replication_factor=replication_factor, topic_configs=dict(plan.config))
            try:
                admin.create_topics([topic], timeout_ms=30_000, wait_for_metadata=True)
            except TopicAlreadyExistsError:
                continue  # another starter was faster; the check below decides
            except KafkaError as failure:
                raise TopologyError(f"topic {plan.name} cannot be created: {type(failure).__name__}") from None
            created.append(plan.name)
        _check(admin, partitions)
    finally:
        admin.close()
    return tuple(created)


def check(bootstrap_servers: str, partitions: int | None = None) -> int:
    """Check that every topic is there in its shape; return the number of partitions.

    Args:
        bootstrap_servers: Where the broker is.
        partitions: The number that is expected; without it, that of the inbound topic.

    Raises:
        TopologyError: One line: which topic, what is wrong, what cures it.
    """
    admin = connect(bootstrap_servers)
    try:
        return _check(admin, partitions)
    finally:
        admin.close()


def _check(admin: KafkaAdminClient, partitions: int | None) -> int:
    existing = set(admin.list_topics())
    for plan in PLAN:
        if plan.name not in existing:
            raise TopologyError(f"topic {plan.name} is missing: `carnet topics create` makes it")
    counts = {item["name"]: len(item["partitions"]) for item in admin.describe_topics([plan.name for plan in PLAN])}
    wanted = partitions if partitions is not None else counts[INFERENCE]
    for name, count in counts.items():
        if count != wanted:
            raise TopologyError(f"topic {name} has {count} partitions, {wanted} are expected: all topics of Carnet must have equally many")
    resources = [ConfigResource(ConfigResourceType.TOPIC, plan.name) for plan in PLAN]
    problem = policy_problem(_configs(admin.describe_configs(resources)))
    if problem:
        raise TopologyError(problem)
    return wanted


def _configs(answer: Any) -> dict[str, dict[str, str]]:
    """Flatten what the admin client returns into topic → setting → value."""
    flat: dict[str, dict[str, str]] = {}
    for topic, settings in answer.get("topic", answer).items():
        flat[topic] = {key: str(value["value"] if isinstance(value, dict) else value) for key, value in settings.items()}
    return flat


def policy_problem(configs: Mapping[str, Mapping[str, str]]) -> str:
    """Return what is wrong with the clean-up of a topic, or an empty string: state compacted, evidence never compacted."""
    for plan in PLAN:
        is_compacted = "compact" in configs.get(plan.name, {}).get("cleanup.policy", "")
        if is_compacted != (plan.config["cleanup.policy"] == "compact"):
            wanted = plan.config["cleanup.policy"]
            return f"topic {plan.name} must have cleanup.policy={wanted}: set it with kafka-configs or recreate the topic"
    return ""

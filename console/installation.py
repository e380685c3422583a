"""What `carnet up` leaves on this machine: broker, supervisor, workers, and the file that remembers them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from console.broker import Broker, answers_api_versions, free_ports
from console.supervisor import is_healthy, refusal
from schemas.errors import ConfigurationError, RetryableError
from streams import topics
from streams.settings import Settings

READY_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Process:
    """A process by its id and its start, in clock ticks since boot: an id alone may have been given to another since."""

    pid: int
    started: int


@dataclass(frozen=True, slots=True)
class Installation:
    """``run.json``: what runs, and where. ``broker`` is None when a Kafka of somebody else is used."""

    bootstrap_servers: str
    partitions: int
    broker: Process | None
    supervisor: Process
    health_ports: tuple[int, ...]


def started_at(pid: int) -> int:
    """Return when a process started (field 22 of ``/proc/PID/stat``), 0 where the system does not say; -1 if there is none."""
    if not Path("/proc/self/stat").exists():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return -1
        return 0
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return -1
    fields = status.rpartition(")")[2].split()
    return -1 if fields[0] == "Z" else int(fields[19])


def identify(pid: int) -> Process:
    """Return a running process as it will be recognised later."""
    return Process(pid, started_at(pid))


def is_running(process: Process | None) -> bool:
    """Tell whether this very process still runs."""
    return process is not None and process.started >= 0 and started_at(process.pid) == process.started


def end(process: Process | None, timeout_s: float = STOP_TIMEOUT_S) -> bool:
    """End a process (SIGTERM, then SIGKILL); tell whether it ran."""
    if process is None or not is_running(process):
        return False
    with contextlib.suppress(ProcessLookupError):  # it may end by itself between the look and the signal
        os.kill(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + timeout_s
        while is_running(process) and time.monotonic() < deadline:
            time.sleep(POLL_S)
        if is_running(process):
            os.kill(process.pid, signal.SIGKILL)
    return True


def run_file(home: Path) -> Path:
    """Return where an installation is remembered."""
    return home / "run.json"


def load(home: Path) -> Installation | None:
    """Return the installation of a home, or None if nothing was left there.

    Raises:
        ConfigurationError: The file is not what ``carnet up`` writes.
    """
    path = run_file(home)
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return Installation(
            bootstrap_servers=str(fields["bootstrap_servers"]),
            partitions=int(fields["partitions"]),
            broker=Process(**fields["broker"]) if fields["broker"] else None,
            supervisor=Process(**fields["supervisor"]),
            health_ports=tuple(int(port) for port in fields["health_ports"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as failure:
        raise ConfigurationError(f"{path} cannot be read ({type(failure).__name__}): remove it, then carnet up") from None


def save(home: Path, installation: Installation) -> None:
    """Remember an installation."""
    run_file(home).write_text(json.dumps(asdict(installation), indent=2) + "\n", encoding="utf-8")


def bootstrap_servers(home: Path, settings: Settings) -> str:
    """Return which Kafka to talk to: the environment's, else that of ``carnet up``, else the default."""
    if "bootstrap_servers" in settings.kafka.model_fields_set:
        return settings.kafka.bootstrap_servers
    installation = load(home)
    return installation.bootstrap_servers if installation is not None else settings.kafka.bootstrap_servers


def keys_directory(home: Path, settings: Settings) -> Path:
    """Return where the workers of this home keep their keys: as set, else in the home."""
    return settings.keys.dir if "dir" in settings.keys.model_fields_set else home / "keys"


def worker_environment(home: Path, settings: Settings, servers: str) -> dict[str, str]:
    """Return the ``CARNET_*`` settings that all workers of a home share; the rest they inherit."""
    return {
        "CARNET_KAFKA_BOOTSTRAP_SERVERS": servers,
        "CARNET_KEYS_DIR": str(keys_directory(home, settings).resolve()),
        "CARNET_TOPICS_PARTITIONS": str(settings.topics.partitions),
    }


def up(home: Path, settings: Settings, *, workers: int, port: int | None, say: Callable[[str], None]) -> Installation:
    """Start broker (unless a Kafka is set), topics and workers, and return when all are ready; they outlive this process.

    Raises:
        ConfigurationError: Something runs here already, or a setting, Java, a model or a topic is wrong.
        RetryableError: Something did not become ready in time.
    """
    old = load(home)
    if old is not None and (is_running(old.supervisor) or is_running(old.broker)):
        raise ConfigurationError(f"carnet is up in {home} already (carnet status, carnet down)")
    home.mkdir(parents=True, exist_ok=True)
    broker: Broker | None = None
    supervisor: subprocess.Popen[bytes] | None = None
    try:
        if "bootstrap_servers" in settings.kafka.model_fields_set:
            servers = settings.kafka.bootstrap_servers
        else:
            say("starting Kafka")
            broker = Broker(home / "kafka", port, detached=True)
            broker.start()
            servers = broker.bootstrap_servers
        say("creating topics")
        topics.create(servers, settings.topics.partitions, settings.topics.replication_factor)
        say(f"starting {workers} worker{'s' if workers > 1 else ''}")
        ports = tuple(free_ports(workers))
        supervisor = _start_supervisor(home, ports, worker_environment(home, settings, servers))
        installation = Installation(
            bootstrap_servers=servers,
            partitions=settings.topics.partitions,
            broker=identify(broker.pid) if broker is not None and broker.pid is not None else None,
            supervisor=identify(supervisor.pid),
            health_ports=ports,
        )
        save(home, installation)
        _wait_ready(home, supervisor, ports)
    except BaseException:
        if supervisor is not None:
            end(identify(supervisor.pid))
            supervisor.wait()
        if broker is not None:
            broker.stop()
        run_file(home).unlink(missing_ok=True)
        raise
    return installation


def _start_supervisor(home: Path, ports: tuple[int, ...], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    logs = home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    (home / "workers.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "console.supervisor", "--home", str(home), "--health-ports", ",".join(map(str, ports))]
    with (logs / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **environment}, start_new_session=True
        )


def _wait_ready(home: Path, supervisor: subprocess.Popen[bytes], ports: tuple[int, ...]) -> None:
    logs, deadline = home / "logs", time.monotonic() + READY_TIMEOUT_S
    while not all(is_healthy(port) for port in ports):
        if supervisor.poll() is not None:
            ended = [_ending(worker, logs) for worker in worker_states(home)]
            raise ConfigurationError("; ".join(ended) or f"the supervisor ended (see {logs})")
        if time.monotonic() > deadline:
            raise RetryableError(f"the workers were not ready within {READY_TIMEOUT_S:.0f} s (see {logs})")
        time.sleep(POLL_S)


def _ending(worker: Mapping[str, object], logs: Path) -> str:
    return f"{worker['name']} ended with {worker['exit_code']}: {refusal(logs / (str(worker['name']) + '.log'))}"


def down(home: Path) -> list[str]:
    """End the workers, then the broker; return the names of what ran."""
    installation = load(home)
    if installation is None:
        return []
    ended = []
    if end(installation.supervisor):
        ended.append("supervisor and workers")
    if end(installation.broker):
        ended.append("broker")
    run_file(home).unlink(missing_ok=True)
    return ended


def worker_states(home: Path) -> list[dict[str, object]]:
    """Return what the supervisor last wrote about its workers; nothing if it wrote nothing yet."""
    try:
        states = json.loads((home / "workers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return states if isinstance(states, list) else []


def status(home: Path, settings: Settings) -> dict[str, object]:
    """Return what runs, what answers and whether the topics are right; ``ready`` sums it up."""
    servers = bootstrap_servers(home, settings)
    installation = load(home)
    host, _, port = servers.split(",")[0].rpartition(":")
    broker_answers = answers_api_versions(int(port), host=host.removeprefix("PLAINTEXT://")) if port.isdigit() else False
    problem = ""
    if broker_answers:
        try:
            topics.check(servers)
        except ConfigurationError as failure:
            problem = str(failure)
    workers = [{**worker, "ready": is_healthy(int(str(worker["health_port"])))} for worker in worker_states(home)] if installation else []
    supervised = installation is not None and is_running(installation.supervisor)
    ready = broker_answers and not problem and supervised and bool(workers) and all(worker["ready"] for worker in workers)
    return {
        "ready": ready,
        "bootstrap_servers": servers,
        "broker_answers": broker_answers,
        "topics": problem or ("as planned" if broker_answers else "not reachable"),
        "supervisor_runs": supervised,
        "workers": workers,
    }

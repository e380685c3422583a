"""A real single-node Kafka (KRaft) on loopback, for one machine: the demo, ``carnet up`` without a cluster, and the tests.

It keeps what it acknowledged across ``kill -9`` of the process, because the page cache outlives it; a power cut may lose the
last moments, as with every unreplicated broker. Settings: Apache Kafka 4.1, broker configuration reference.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from console.java import CURE, find_java
from console.leash import leashed
from schemas.errors import ConfigurationError, RetryableError

HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0
POLL_S = 0.05
JARS_MIN = 60  # a whole set is 93; fewer than this is a copy that was cut short

LOG4J2_PROPERTIES = """\
status = error
appender.console.type = Console
appender.console.name = stdout
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %-5p %c{1} %m%n
rootLogger.level = warn
rootLogger.appenderRef.stdout.ref = stdout
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
"""


def server_properties(data_directory: Path, port: int, controller_port: int) -> dict[str, str]:
    """Return the settings of a node that is broker and controller in one, reachable from this machine only."""
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(data_directory),
        "auto.create.topics.enable": "false",
        # One node holds the only replica of everything.
        "default.replication.factor": "1",
        "min.insync.replicas": "1",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # Each internal partition is a folder with mapped files: 50 of them are for clusters.
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
        # After kill -9 the controller takes the node for alive until this has passed, and refuses it under its own id.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # Compaction never touches the active segment and skips logs that are mostly clean: with the defaults (1 GiB, half)
        # a small node would never compact carnet.state.v1.
        "log.segment.bytes": str(64 * 1024 * 1024),
        "log.index.size.max.bytes": str(1024 * 1024),
        "log.cleaner.threads": "1",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        "log.cleaner.min.cleanable.ratio": "0.2",
        "log.cleaner.backoff.ms": "5000",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "num.recovery.threads.per.data.dir": "1",
    }


def render_properties(settings: dict[str, str]) -> str:
    """Write settings as a Java properties file; backslashes (a Windows path) are escaped."""
    return "".join(f"{name}={value}\n".replace("\\", "\\\\") for name, value in settings.items())


def new_cluster_id() -> str:
    """Return a cluster id: 16 random bytes in URL-safe base64, never with a leading ``-``, which Kafka's tool reads as an option."""
    while (candidate := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return candidate


def free_ports(count: int) -> list[int]:
    """Return distinct loopback ports that nobody listens on right now."""
    held = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for listener in held:
            listener.bind((HOST, 0))
        return [int(listener.getsockname()[1]) for listener in held]
    finally:
        for listener in held:
            listener.close()


def answers_api_versions(port: int, timeout_s: float = 2.0, *, host: str = HOST) -> bool:
    """Tell whether a Kafka broker on this port answers ApiVersions (protocol key 18, version 0) without an error."""
    correlation = 1
    body = struct.pack(">hhih", 18, 0, correlation, -1)
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as link:
            link.sendall(struct.pack(">i", len(body)) + body)
            head = b""
            while len(head) < 10:
                piece = link.recv(10 - len(head))
                if not piece:
                    return False
                head += piece
    except OSError:
        return False
    _, answered, error = struct.unpack(">iih", head)
    return bool(answered == correlation and error == 0)


def find_pom() -> Path:
    """Return the list of the broker's jars: in a checkout ``docker/kafka/pom.xml``, in an installed wheel beside this module.

    Raises:
        ConfigurationError: Neither is there.
    """
    here = Path(__file__).resolve().parent
    places = (here.parent / "docker" / "kafka" / "pom.xml", here / "kafka-pom.xml", Path.cwd() / "docker" / "kafka" / "pom.xml")
    for place in places:
        if place.is_file():
            return place
    raise ConfigurationError(
        f"the list of the broker's jars is missing: {places[0]} "
        "(run carnet from a checkout, or set CARNET_KAFKA_BOOTSTRAP_SERVERS to use a Kafka of your own)"
    )


def default_lib() -> Path:
    """Return where the broker's jars are kept: under the checkout if there is one, else under the working directory."""
    checkout = Path(__file__).resolve().parents[1]
    root = checkout if (checkout / "docker" / "kafka" / "pom.xml").is_file() else Path.cwd()
    return root / ".carnet" / "kafka" / "lib"


def ensure_jars(lib: Path | None = None) -> Path:
    """Return the folder of the broker's jars, fetched by Maven on first use.

    Raises:
        ConfigurationError: Maven is missing or failed.
    """
    lib = lib or default_lib()
    if len(list(lib.glob("*.jar"))) >= JARS_MIN:
        return lib
    maven = shutil.which("mvn")
    if maven is None:
        raise ConfigurationError(f"{lib} lacks the broker's jars and there is no mvn to fetch them ({CURE})")
    command = [maven, "-q", "-B", "-f", str(find_pom()), "dependency:copy-dependencies", f"-DoutputDirectory={lib}"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        said = (answer.stdout + answer.stderr).strip().splitlines()
        first = said[0] if said else "it said nothing"
        raise ConfigurationError(f"mvn could not fetch the broker's jars into {lib}: {first} (check the network and Maven's settings)")
    return lib


class Broker:
    """One broker process; not safe to start from a thread that ends before the broker shall (see ``console.leash``).

    Args:
        home: Holds ``data/``, ``server.properties`` and ``broker.log``; created on start, kept on stop.
        port: Where clients connect; None chooses a free one.
        lib: The folder of the broker's jars; by default shared by all homes of a checkout.
        detached: Outlive this process, in a session of its own (``carnet up``).
    """

    def __init__(self, home: Path, port: int | None = None, *, lib: Path | None = None, detached: bool = False) -> None:
        """Choose the ports; nothing is started."""
        spare, self._controller_port = free_ports(2)
        self.home = home.resolve()
        self.port = port if port is not None else spare
        self.lib = lib
        self.detached = detached
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop it."""
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """The address that a Kafka client takes."""
        return f"{HOST}:{self.port}"

    @property
    def log_path(self) -> Path:
        """Where the broker's own log goes."""
        return self.home / "broker.log"

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def ensure_jars(self) -> Path:
        """Return the folder of the jars; see ``ensure_jars``."""
        return ensure_jars(self.lib)

    def start(self) -> None:
        """Start the broker and return when it answers; a home that was used before keeps its topics.

        Raises:
            ConfigurationError: No Java, no jars, or the port is taken.
            RetryableError: It exited, or did not answer within a minute; the message names its log.
        """
        if self.pid is not None:
            return
        classpath = f"{self.ensure_jars()}{os.sep}*"
        java = str(find_java())
        if answers_api_versions(self.port):
            raise ConfigurationError(f"port {self.port} is taken by another broker (carnet down, or choose another port)")
        self.home.mkdir(parents=True, exist_ok=True)
        properties = self.home / "server.properties"
        data_directory = self.home / "data"
        properties.write_text(render_properties(server_properties(data_directory, self.port, self._controller_port)), encoding="utf-8")
        logging = self.home / "log4j2.properties"
        logging.write_text(LOG4J2_PROPERTIES, encoding="utf-8")
        small = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dlog4j2.configurationFile={logging}", "-cp", classpath]
        with self.log_path.open("ab") as log:
            if not (data_directory / "meta.properties").is_file():
                arguments = ["kafka.tools.StorageTool", "format", "-t", new_cluster_id(), "-c", str(properties)]
                formatted = subprocess.run([java, *small, *arguments], stdout=log, stderr=log, check=False)
                if formatted.returncode != 0:
                    raise RetryableError(f"the broker's storage in {data_directory} could not be formatted (see {self.log_path})")
            command = [java, "-Xmx512m", *small, "kafka.Kafka", str(properties)]
            if not self.detached:
                command = leashed(command, death_signal=signal.SIGTERM)
            # A process group of its own: Ctrl-C is for us, and the broker must outlive the workers that we then stop.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home,
                start_new_session=self.detached,
                process_group=None if self.detached else 0,
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """End the broker in order (SIGTERM); what does not end in 20 s is killed."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End the broker as a crash would (SIGKILL); ``start`` brings it back with its data on the same port."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _wait_until_ready(self) -> None:
        """Return when the broker answers ApiVersions."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process is None or (code := self._process.poll()) is not None:
                self._process = None
                raise RetryableError(f"the broker exited with {code} before it answered (see {self.log_path})")
            if answers_api_versions(self.port):
                return
            time.sleep(POLL_S)
        self.kill()
        raise RetryableError(f"the broker did not answer on port {self.port} within {START_TIMEOUT_S:.0f} s (see {self.log_path})")

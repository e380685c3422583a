"""``/healthz`` (am I alive) , ``/readyz`` (do I decide) and ``/metrics``, on loopback unless told otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web
from mode import Service
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from schemas.errors import ConfigurationError
from streams import metrics
from streams.settings import HealthSettings
from streams.transaction import Vital

_BEAT_AGE_MAX_S: Final = 60.0


def condition(vital: Vital, now: float) -> dict[str, Any]:
    """Return what a probe needs: alive, ready, and the reason when not ready."""
    age = now - vital.beat
    is_alive = age < _BEAT_AGE_MAX_S or vital.restoring
    reason = ""
    if not is_alive:
        reason = "the loop stands still"
    elif vital.restoring:
        reason = "restoring state"
    elif not vital.assigned:
        reason = "no partition assigned"
    return {
        "alive": is_alive,
        "ready": not reason,
        "reason": reason,
        "assigned": sorted(vital.assigned),
        "beat_age_ms": round(age * 1_000),
        "ticks": vital.ticks,
        "records": vital.records,
    }


class HealthServer(Service):
    """Answers probes and Prometheus."""

    def __init__(self, settings: HealthSettings, vital: Vital, open_streams: Callable[[], int], **options: Any) -> None:
        super().__init__(**options)
        self._settings = settings
        self._vital = vital
        self._open_streams = open_streams

    async def on_start(self) -> None:
        """Listen; port 0 in the settings means: do not."""
        if self._settings.port == 0:
            return
        application = web.Application()
        application.add_routes([web.get("/healthz", self._health), web.get("/readyz", self._ready), web.get("/metrics", self._metrics)])
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._settings.host, self._settings.port).start()
        except OSError:
            where = f"{self._settings.host}:{self._settings.port}"
            raise ConfigurationError(f"health page: {where} is taken; set CARNET_HEALTH_PORT (0 switches it off)") from None

    async def on_stop(self) -> None:
        """Stop listening."""
        if self._settings.port:
            await self._runner.cleanup()

    async def _health(self, _request: web.Request) -> web.Response:
        found = condition(self._vital, time.monotonic())
        return web.json_response(found, status=200 if found["alive"] and found["ready"] else 503)

    async def _ready(self, request: web.Request) -> web.Response:
        return await self._health(request)

    async def _metrics(self, _request: web.Request) -> web.Response:
        metrics.refresh(self._vital, self._open_streams())
        return web.Response(body=generate_latest(metrics.REGISTRY), headers={"Content-Type": CONTENT_TYPE_LATEST})

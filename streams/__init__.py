"""The Faust shell: the only package that knows Kafka and the environment.

``faust -A streams worker`` asks this package for ``app``; it is built when it is asked for, so that ``import streams.processor``
loads no Faust and reads no environment (PEP 562).
"""

from typing import Any


def __getattr__(name: str) -> Any:
    """Build the Faust app on first use."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from streams.worker import build_app  # noqa: PLC0415 (the point of this function)

    globals()["app"] = application = build_app()
    return application

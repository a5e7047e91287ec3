"""Structured logs: one JSON line an event on standard output, ours and the libraries'.

The supervisor gathers them in ``DIR/log``. No secret and no personal value is ever a field.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from anlan.project import environment

#: Fields nobody may log, whatever a caller thought.
SECRET_WORDS = ("password", "secret", "token", "cookie", "authorization", "csrf", "otp")


def configure(process: str) -> None:
    """Set logging up for a process; `process` is in every line."""
    level = logging.getLevelName(environment.text("ANLAN_LOG_LEVEL").upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        _hide,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.EventRenamer("event"),
                structlog.processors.JSONRenderer(serializer=_dump),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level if isinstance(level, int) else logging.INFO)
    # The door says in one line how a request ended.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(process=process)


def _dump(line: Any, **_: Any) -> str:
    return orjson.dumps(line, default=str).decode()


def _hide(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name in line:
        if any(word in name.lower() for word in SECRET_WORDS):
            line[name] = "***"
    return line

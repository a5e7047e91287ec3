"""Loading compiled decoders before the first device waits for them."""

from anlan.protocols.observations.bodies import decode
from anlan.protocols.observations.media import CSV, JSON, NDJSON

_TIME = "2026-01-01T00:00:00Z"
_LINE = f'{{"stream":"A","time":"{_TIME}","value":0.1234567890123456789,"unit":"m"}}'


def warm() -> None:
    """Decode one of everything; some seconds on the first start of a version, then half of one."""
    for kind, body in (
        (JSON, f'{{"observations":[{_LINE},{{}}]}}'),
        (NDJSON, _LINE),
        (CSV, f"stream,time,value\nA,{_TIME},1"),
    ):
        decode(body.encode(), kind)

"""Which decoder reads a body: by its media type."""

from collections.abc import Callable

from anlan.kernel.errors import Invalid
from anlan.protocols.observations.arrow_bodies import decode_arrow
from anlan.protocols.observations.csv_bodies import decode_csv
from anlan.protocols.observations.json_bodies import decode_json, decode_ndjson
from anlan.protocols.observations.media import ARROW, CSV, JSON, NDJSON
from anlan.protocols.observations.shapes import Decoded

#: Media types without parameters; only CSV may say another charset than UTF-8.
DECODERS: dict[str, Callable[[bytes], Decoded]] = {
    JSON: decode_json,
    NDJSON: decode_ndjson,
    "application/ndjson": decode_ndjson,
    "application/jsonl": decode_ndjson,
    CSV: decode_csv,
    ARROW: decode_arrow,
}


class UnknownType(Invalid):
    """A body of a type nobody here reads (HTTP 415)."""

    code = "unsupported-type"
    status = 415


def decode(body: bytes, content_type: str) -> Decoded:
    """Decode a body by its media type.

    Raises `UnknownType` (415), `Malformed` (400) or `TooLarge` (413); nothing else, on any bytes.
    """
    kind, _, rest = content_type.partition(";")
    decoder = DECODERS.get(kind.strip().lower() or JSON)
    if decoder is None:
        raise UnknownType(f"请用 {JSON}、{NDJSON}、{CSV} 或 {ARROW}")
    if decoder is decode_csv:
        return decode_csv(body, charset=_charset(rest))
    return decoder(body)


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return "utf-8"

"""Decoded observations as an Arrow stream, the way our own programs send many of them."""

import numpy as np
import pyarrow as pa

from anlan.protocols.observations.shapes import Decoded


def encode_arrow(decoded: Decoded) -> bytes:
    """Write the rows (not the rejections), in order."""
    columns = {
        "stream": pa.DictionaryArray.from_arrays(
            decoded.stream, pa.array(decoded.codes, pa.string())
        ),
        "time": pa.array(decoded.time, pa.timestamp("ms", tz="UTC")),
        "value": pa.array(decoded.value, pa.float64()),
    }
    if decoded.unit is not None:
        named = pa.array(decoded.unit.astype(np.int32), mask=decoded.unit < 0)
        units = pa.array(decoded.units, pa.string())
        columns["unit"] = pa.DictionaryArray.from_arrays(named, units)
    batch = pa.record_batch(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())

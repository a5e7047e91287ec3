"""Put a GeoTIFF together from its pieces where the TIFF library alone cannot.

That is LZW, and values that were made differences, or taken apart byte by byte, before packing, as
GDAL does with heights.

Source: TIFF 6.0 (1992), sections 13 and 14; Adobe Photoshop TIFF Technical Note 3 (2005).
"""

import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.kernel.errors import Invalid

_NONE, _LZW, _DEFLATES = 1, 5, (8, 32946)
_DIFFERENCES, _BYTES = 2, 3
#: A piece holds no more; a file that says so is broken or hostile.
_LARGEST: Final = 1 << 28


def needed(page: Any) -> bool:
    """Tell whether a page is packed so that this module has to unpack it."""
    readied = page.predictor in (_DIFFERENCES, _BYTES)
    return page.compression == _LZW or (readied and page.compression in (_NONE, *_DEFLATES))


def warm() -> None:
    """Have the kernel compiled before somebody waits for a map."""
    _unpacked(bytes.fromhex("80002020"), 1, _LZW)


def assembled(page: Any, handle: Any, order: str) -> NDArray[Any]:
    """Read one page of one sample a cell, in strips or tiles: (rows, columns).

    handle: the open file. order: "<" or ">", how its numbers lie. `Invalid` when a piece is broken
    or the page has more samples than one.
    """
    if page.samplesperpixel != 1 or page.dtype is None:
        raise Invalid("这种压缩的 GeoTIFF 只收一个波段")
    rows, columns = page.imagelength, page.imagewidth
    tall, wide = (
        (page.tilelength, page.tilewidth)
        if page.is_tiled
        else (min(page.rowsperstrip, rows), columns)
    )
    if min(tall, wide) < 1 or tall * wide * page.dtype.itemsize > _LARGEST:
        raise Invalid("GeoTIFF 的分块大小不对")
    across = -(-columns // wide)
    if len(page.dataoffsets) < across * -(-rows // tall):
        raise Invalid("GeoTIFF 的分块不全")
    whole = np.zeros((rows, columns), dtype=page.dtype)
    for row in range(-(-rows // tall)):
        # The last strip ends with the picture, the last tile does not.
        height = tall if page.is_tiled else min(tall, rows - row * tall)
        for column in range(across):
            at = row * across + column
            handle.seek(page.dataoffsets[at])
            raw = handle.read(page.databytecounts[at])
            piece = _piece(raw, (height, wide), page, order)
            place = whole[row * tall : (row + 1) * tall, column * wide : (column + 1) * wide]
            place[:] = piece[: place.shape[0], : place.shape[1]]
    return whole


def _piece(raw: bytes, shape: tuple[int, int], page: Any, order: str) -> NDArray[Any]:
    """Unpack one piece (height, width), and undo what was done to its values before."""
    kind = np.dtype(page.dtype)
    size = shape[0] * shape[1] * kind.itemsize
    body = _unpacked(raw, size, page.compression)
    if page.predictor == _BYTES:
        return _rejoined(body, shape, kind)
    values = np.frombuffer(body, dtype=kind.newbyteorder(order)).reshape(shape).astype(kind)
    if page.predictor != _DIFFERENCES:
        return values
    whole = values.view(np.dtype(f"u{kind.itemsize}"))
    return np.add.accumulate(whole, axis=1, dtype=whole.dtype).view(kind)


def _unpacked(raw: bytes, size: int, compression: int) -> bytes:
    if not raw:
        # A piece without bytes was never written; GDAL leaves such out where nothing is.
        return bytes(size)
    if compression == _LZW:
        from anlan.engines.grids.kernels_unpacking import unlzw

        out = np.zeros(size, dtype=np.uint8)
        if unlzw(np.frombuffer(raw, dtype=np.uint8), out) != size:
            raise Invalid("GeoTIFF 里 LZW 压缩的一块坏了")
        return out.tobytes()
    body = raw
    if compression in _DEFLATES:
        try:
            body = zlib.decompressobj().decompress(raw, size)
        except zlib.error as error:
            raise Invalid("GeoTIFF 里 DEFLATE 压缩的一块坏了") from error
    if len(body) < size:
        raise Invalid("GeoTIFF 的一块不完整")
    return body[:size]


def _rejoined(body: bytes, shape: tuple[int, int], kind: np.dtype[Any]) -> NDArray[Any]:
    """Join floats whose bytes lie apart, those of the sign and exponent first, as differences."""
    rows, columns = shape
    apart = np.frombuffer(body, dtype=np.uint8).reshape(rows, kind.itemsize * columns)
    apart = np.add.accumulate(apart, axis=1, dtype=np.uint8)
    joined = apart.reshape(rows, kind.itemsize, columns).transpose(0, 2, 1)
    return np.ascontiguousarray(joined).view(kind.newbyteorder(">"))[..., 0].astype(kind)

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from anlan.engines.grids import raster_of, read_geotiff, read_grid, write_geotiff
from anlan.engines.grids.geotiff import BLANK, KEYS, SCALE, TIEPOINT, TURN
from anlan.engines.grids.kernels_unpacking import unlzw
from anlan.kernel.errors import Invalid

VALUES = np.arange(12.0).reshape(3, 4)
GEOGRAPHIC = (1, 1, 0, 1, 1024, 0, 1, 2, 1025, 0, 1, 1, 2048, 0, 1, 4490)


def tiff(
    values: Any = VALUES, *, keys: tuple[int, ...] = GEOGRAPHIC, blank: str = "", **more: Any
) -> bytes:
    tags: list[Any] = [(KEYS, 3, len(keys), keys, True)] if keys else []
    tags += more.pop("placed", [
        (SCALE, 12, 3, (0.5, 0.25, 0.0), True),
        (TIEPOINT, 12, 6, (0.0, 0.0, 0.0, 120.0, 28.0, 0.0), True),
    ])  # fmt: skip
    if blank:
        tags.append((BLANK, 2, 0, blank, True))
    out = BytesIO()
    tifffile.imwrite(out, values, metadata=None, extratags=tags, **more)
    return out.getvalue()


def test_the_first_row_of_the_file_is_the_northern_one() -> None:
    found = read_grid(tiff())
    assert found.values.tolist() == VALUES[::-1].tolist()
    assert (found.west, found.south, found.dx, found.dy) == (120.0, 27.25, 0.5, 0.25)
    assert (found.geographic, found.crs) == (True, "EPSG:4490")


def test_cells_that_are_points_lie_half_a_cell_farther() -> None:
    points = (*GEOGRAPHIC[:11], 2, *GEOGRAPHIC[12:])
    assert read_geotiff(tiff(keys=points)).x[0] == pytest.approx(120.0)
    assert read_geotiff(tiff()).x[0] == pytest.approx(120.25)


def test_metres_are_metres_and_their_projection_is_named() -> None:
    projected = (1, 1, 0, 1, 1024, 0, 1, 1, 3072, 0, 1, 4549)
    placed = [
        (SCALE, 12, 3, (30.0, 30.0, 0.0), True),
        (TIEPOINT, 12, 6, (0.0, 0.0, 0.0, 500_000.0, 3_100_000.0, 0.0), True),
    ]
    found = read_geotiff(tiff(keys=projected, placed=placed))
    assert (found.geographic, found.crs, found.dx) == (False, "EPSG:4549", 30.0)


def test_blanks_the_file_tells_of_are_unknown_without_a_word() -> None:
    values = VALUES.astype(np.int16)
    values[0, 1] = -32767
    found = read_geotiff(tiff(values, blank="-32767"))
    assert np.isnan(found.values[2, 1])
    assert found.mended == ()


@pytest.mark.parametrize("compression", [None, "zlib", "lzma"])
def test_usual_ways_of_packing_are_undone(compression: str | None) -> None:
    values = VALUES.astype(np.int16)
    assert read_geotiff(tiff(values, compression=compression)).values.sum() == VALUES.sum()
    floats = VALUES.astype(np.float32)
    assert read_geotiff(tiff(floats, compression=compression)).values.sum() == VALUES.sum()


def test_one_band_of_several_is_read() -> None:
    several = np.stack([VALUES, 10 * VALUES])
    found = tiff(several.astype(np.float32), photometric="minisblack", planarconfig="separate")
    assert read_geotiff(found).values.max() == 11.0
    with pytest.raises(Invalid, match="波段"):
        read_geotiff(found, band=7)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (tiff(placed=[]), "没有坐标"),
        (tiff(placed=[(TURN, 12, 16, (1.0,) * 16, True)]), "斜的"),
        (tiff(keys=()), "没有写明坐标系"),
        (tiff()[:300], "读不了"),
        (b"II*\0garbage", "读不了"),
        (tiff(placed=[(SCALE, 12, 3, (0.0, 1.0, 0.0), True),
                      (TIEPOINT, 12, 6, (0.0,) * 6, True)]), "大于零"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_placed_are_refused(body: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        read_geotiff(body)


def test_what_is_written_is_read_again_and_is_the_same_every_time() -> None:
    values = np.random.default_rng(1).uniform(-50, 50, (300, 270)).astype(np.float32)
    values[5, 7] = np.nan
    raster = raster_of(values, 120 + np.arange(270) * 0.01, 27 + np.arange(300) * 0.01)
    body = write_geotiff(raster)
    again = read_geotiff(body)
    assert np.array_equal(again.values, values.astype(np.float64), equal_nan=True)
    assert (again.west, again.south) == pytest.approx((raster.west, raster.south))
    assert again.mended == ()
    assert write_geotiff(raster) == body
    with pytest.raises(Invalid, match="一个场"):
        write_geotiff(raster_of(values[None], raster.x, raster.y))


def lzw(plain: bytes) -> bytes:
    """Pack as section 13 of TIFF 6.0 tells an encoder to, code for code."""
    bits, table, code, width = "", {bytes([n]): n for n in range(256)}, b"", 9
    bits += format(256, "09b")
    for byte in plain:
        longer = code + bytes([byte])
        if longer in table:
            code = longer
            continue
        bits += format(table[code], f"0{width}b")
        table[longer] = len(table) + 2
        if len(table) + 2 == 4095:
            bits += format(256, f"0{width}b")
            table, width = {bytes([n]): n for n in range(256)}, 9
        elif len(table) + 2 > (1 << width) - 1:
            width += 1
        code = bytes([byte])
    if code:
        bits += format(table[code], f"0{width}b")
        grown = len(table) + 3 > (1 << width) - 1 and width < 12
        bits += format(257, f"0{width + grown}b")
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def unpacked(packed: bytes, size: int) -> tuple[int, bytes]:
    out = np.zeros(size, dtype=np.uint8)
    return unlzw(np.frombuffer(packed, dtype=np.uint8), out), out.tobytes()


def test_the_example_of_the_standard_is_unpacked() -> None:
    # TIFF 6.0, page 60: 7 7 7 8 8 7 7 6 6 is packed as these codes of nine bits.
    codes = (256, 7, 258, 8, 8, 258, 6, 6, 257)
    bits = "".join(format(code, "09b") for code in codes)
    packed = int(bits.ljust(88, "0"), 2).to_bytes(11, "big")
    assert unpacked(packed, 9) == (9, bytes([7, 7, 7, 8, 8, 7, 7, 6, 6]))


@pytest.mark.parametrize("kinds", [2, 30, 256])
def test_pieces_long_enough_to_empty_the_table_are_unpacked(kinds: int) -> None:
    plain = np.random.default_rng(kinds).integers(0, kinds, 30_000, dtype=np.uint8).tobytes()
    assert unpacked(lzw(plain), len(plain)) == (len(plain), plain)


@given(st.binary(max_size=400), st.integers(0, 400))
def test_broken_pieces_never_write_beyond_their_room(packed: bytes, size: int) -> None:
    count, _ = unpacked(packed, size)
    assert -1 <= count <= size


def pieces(values: Any, packed: list[bytes], compression: int, predictor: int, order: str) -> bytes:
    """Lay a TIFF of strips by hand, each of two rows, as a program of another house would."""
    kind = {"f": 3, "i": 2, "u": 1}[values.dtype.kind]
    keys = struct.pack(f"{order}16H", *GEOGRAPHIC)
    scale = struct.pack(f"{order}3d", 0.5, 0.25, 0.0)
    tie = struct.pack(f"{order}6d", 0.0, 0.0, 0.0, 120.0, 28.0, 0.0)
    body, offsets = b"", []
    for one in packed:
        offsets.append(8 + len(body))
        body += one
    rows, columns = values.shape
    count = len(packed)
    entries: list[tuple[int, str, tuple[int, ...] | bytes]] = [
        (256, "I", (columns,)), (257, "I", (rows,)), (258, "H", (values.itemsize * 8,)),
        (259, "H", (compression,)), (262, "H", (1,)), (273, "I", tuple(offsets)),
        (277, "H", (1,)), (278, "I", (2,)), (279, "I", tuple(len(one) for one in packed)),
        (317, "H", (predictor,)), (339, "H", (kind,)), (SCALE, "d", scale),
        (TIEPOINT, "d", tie), (KEYS, "H", keys),
    ]  # fmt: skip
    codes, sizes = {"H": 3, "I": 4, "d": 12}, {"H": 2, "I": 4, "d": 8}
    assert count > 1
    table, begin = b"", 8 + len(body)
    beside = begin + 2 + 12 * len(entries) + 4
    more = b""
    for tag, form, told in entries:
        raw = told if isinstance(told, bytes) else struct.pack(f"{order}{len(told)}{form}", *told)
        place = raw.ljust(4, b"\0")
        if len(raw) > 4:
            place = struct.pack(f"{order}I", beside + len(more))
            more += raw
        table += struct.pack(f"{order}HHI", tag, codes[form], len(raw) // sizes[form]) + place
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, begin)
    return head + body + struct.pack(f"{order}H", len(entries)) + table + bytes(4) + more


def strips(values: Any, order: str, predictor: int) -> list[bytes]:
    found = []
    for row in range(0, len(values), 2):
        part = values[row : row + 2]
        if predictor == 2:
            whole = part.view(f"u{part.itemsize}")
            part = np.diff(whole, axis=1, prepend=whole[:, :1] * 0).astype(whole.dtype)
        if predictor == 3:
            apart = part.astype(part.dtype.newbyteorder(">")).view(np.uint8)
            apart = apart.reshape(*part.shape, -1).transpose(0, 2, 1).reshape(len(part), -1)
            found.append(np.diff(apart, axis=1, prepend=apart[:, :1] * 0).astype("u1").tobytes())
        else:
            found.append(part.astype(part.dtype.newbyteorder(order)).tobytes())
    return found


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("kind", "predictor"),
    [("f4", 1), ("f4", 3), ("f8", 3), ("i2", 2), ("u1", 2), ("i4", 1), ("i4", 2)],
)
@pytest.mark.parametrize("compression", [5, 8, 32946])
def test_heights_as_gdal_packs_them_are_read(
    order: str, kind: str, predictor: int, compression: int
) -> None:
    values = (np.arange(35.0).reshape(5, 7) ** 2).astype(kind)
    pack = lzw if compression == 5 else zlib.compress
    packed = [pack(one) for one in strips(values, order, predictor)]
    found = read_geotiff(pieces(values, packed, compression, predictor, order))
    assert np.array_equal(found.values, values[::-1].astype(np.float64))


def test_a_broken_piece_is_refused_and_one_never_written_is_nought() -> None:
    values = np.ones((4, 7), dtype=np.float32)
    whole = [lzw(one) for one in strips(values, "<", 1)]
    with pytest.raises(Invalid, match="坏了"):
        read_geotiff(pieces(values, [whole[0], whole[1][:9]], 5, 1, "<"))
    found = read_geotiff(pieces(values, [whole[0], b""], 5, 1, "<"))
    assert found.values.sum() == 14.0
    short = [zlib.compress(bytes(20), 1), zlib.compress(bytes(56), 1)]
    with pytest.raises(Invalid, match="不完整"):
        read_geotiff(pieces(values, short, 8, 3, "<"))

"""Grids as centres exchange them: what we write can be read, what is broken is refused."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.kernel.errors import Invalid
from anlan.protocols import netcdf
from anlan.protocols.netcdf import Dataset, Variable

LON, LAT = np.linspace(121.0, 122.0, 5), np.linspace(28.0, 29.0, 3)
CHANCE = np.arange(15, dtype=np.float32).reshape(3, 5)
SAMPLE = Dataset(
    {"lat": 3, "lon": 5},
    {
        "lat": Variable(("lat",), LAT, {"units": "degrees_north"}),
        "lon": Variable(("lon",), LON, {"units": "degrees_east"}),
        "chance": Variable(("lat", "lon"), CHANCE, {"units": "1", "_FillValue": -1.0}),
    },
    {"Conventions": "CF-1.8", "comment": "内部研判参考"},
)


def test_what_is_written_is_read_back() -> None:
    told = netcdf.read(netcdf.write(SAMPLE))
    assert told.dimensions == {"lat": 3, "lon": 5}
    assert told.attributes == {"Conventions": "CF-1.8", "comment": "内部研判参考"}
    assert told.variables["chance"].dimensions == ("lat", "lon")
    np.testing.assert_array_equal(told.variables["chance"].values, CHANCE)
    np.testing.assert_array_equal(told.variables["lon"].floats(), LON)


def test_the_bytes_are_those_of_the_specification() -> None:
    # One dimension of two, one variable of two shorts, no attributes: as the specification has it.
    small = Dataset({"x": 2}, {"v": Variable(("x",), np.array([1, 2], np.int16))})
    head = b"CDF\x02" + struct.pack(">i", 0)
    head += struct.pack(">iii4si", 10, 1, 1, b"x\0\0\0", 2) + struct.pack(">ii", 0, 0)
    head += struct.pack(">iii4sii", 11, 1, 1, b"v\0\0\0", 1, 0) + struct.pack(">ii", 0, 0)
    head += struct.pack(">iiq", 3, 4, len(head) + 16)
    assert netcdf.write(small) == head + struct.pack(">hh", 1, 2)


def test_records_of_several_variables_lie_in_turns() -> None:
    # CDF-1: an endless dimension of two records, a float and a padded short of each.
    head = b"CDF\x01" + struct.pack(">i", 2)
    head += struct.pack(">iii4si", 10, 1, 1, b"t\0\0\0", 0) + struct.pack(">ii", 0, 0)
    first = struct.pack(">i4sii", 1, b"a\0\0\0", 1, 0) + struct.pack(">ii", 0, 0)
    second = struct.pack(">i4sii", 1, b"b\0\0\0", 1, 0) + struct.pack(">ii", 0, 0)
    begin = len(head) + 8 + len(first) + 12 + len(second) + 12
    head += struct.pack(">ii", 11, 2)
    head += first + struct.pack(">iii", 5, 4, begin)
    head += second + struct.pack(">iii", 3, 4, begin + 4)
    body = struct.pack(">fhxx", 1.5, 7) + struct.pack(">fhxx", 2.5, 8)
    told = netcdf.read(head + body)
    assert told.variables["a"].values.tolist() == [1.5, 2.5]
    assert told.variables["b"].values.tolist() == [7, 8]


def test_packed_values_are_unpacked_and_blanks_are_unknown() -> None:
    packed = Variable(
        ("x",), np.array([10, 20, -32768], np.int16),
        {"scale_factor": 0.1, "add_offset": 273.0, "_FillValue": -32768},
    )  # fmt: skip
    told = packed.floats()
    assert told[:2].tolist() == [274.0, 275.0]
    assert np.isnan(told[2])


@pytest.mark.parametrize(
    ("raw", "word"),
    [(b"\x89HDF\r\n", "nccopy"), (b"GRIB", "不是"), (b"", "不是"), (b"CDF\x05", "不是")],
)
def test_other_files_are_refused_with_what_they_are(raw: bytes, word: str) -> None:
    with pytest.raises(Invalid, match=word):
        netcdf.read(raw)


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    whole = netcdf.write(SAMPLE)
    cut = data.draw(st.integers(4, len(whole)))
    at = data.draw(st.integers(4, min(cut, 300) - 1)) if cut > 4 else 4
    raw = bytearray(whole[:cut])
    if at < len(raw):
        raw[at] ^= data.draw(st.integers(1, 255))
    try:
        told = netcdf.read(bytes(raw))
    except Invalid:
        return
    assert isinstance(told, Dataset)

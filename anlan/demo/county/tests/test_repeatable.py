"""The same seed gives the same county, and a scale multiplies it."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from anlan.demo.county import County, generate

from .prints import fingerprint


@pytest.mark.slow
def test_same_seed_gives_the_same_bytes(county: County) -> None:
    assert fingerprint(generate()) == fingerprint(county)


@pytest.mark.slow
def test_scale_multiplies_people_shelters_and_vessels(county: County) -> None:
    double = generate(scale=2)
    assert double.regions[0].population == 2 * county.regions[0].population
    assert double.regions[0].households == 2 * county.regions[0].households
    assert [region.code for region in double.regions] == [region.code for region in county.regions]
    assert len(double.shelters) == 2 * len(county.shelters)
    assert len(double.vessels) == 2 * len(county.vessels)
    assert len(double.residents) == 2 * len(county.residents)
    for rows in (double.shelters, double.vessels):
        assert len({row.code for row in rows}) == len({row.name for row in rows}) == len(rows)


def test_scale_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="scale"):
        generate(scale=0)


def test_the_mark_of_invention_is_set(county: County) -> None:
    assert county.invented is True
    assert county.code == "339901"


def test_the_terrain_is_written_as_a_geotiff(county: County, tmp_path: Path) -> None:
    path, twin = tmp_path / "yunyu.tif", tmp_path / "twin.tif"
    county.terrain.write_geotiff(path)
    county.terrain.write_geotiff(twin)
    assert path.read_bytes() == twin.read_bytes()
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages.first
        tags = page.geotiff_tags
        assert tags is not None
        assert tags["GeographicTypeGeoKey"] == 4326
        assert tags["GTRasterTypeGeoKey"] == 1
        assert tags["ModelPixelScale"][:2] == pytest.approx([1 / 1200, 1 / 1200])
        assert tags["ModelTiepoint"] == [0, 0, 0, 121.2, 28.7, 0]
        assert page.compression == tifffile.COMPRESSION.ADOBE_DEFLATE
        np.testing.assert_array_equal(page.asarray(), county.terrain.elevation)

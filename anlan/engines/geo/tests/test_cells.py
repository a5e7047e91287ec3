import h3.api.basic_int as h3
import numpy as np

from anlan.engines.geo import cells


def test_parents_by_bits_are_those_of_the_library() -> None:
    rng = np.random.default_rng(7)
    found = cells.cells_of(rng.uniform(73, 136, 200), rng.uniform(3, 54, 200))
    for resolution in (0, 3, 7, 10):
        expected = [h3.cell_to_parent(int(cell), resolution) for cell in found]
        assert cells.parents_of(found, resolution).tolist() == expected


def test_a_cell_fits_a_database_column_and_holds_its_point() -> None:
    cell = cells.cell_of(121.6, 28.4)
    assert 0 < cell < 2**63
    lon, lat = cells.centres_of([cell])
    assert cells.cells_of(lon, lat).tolist() == [cell]
    assert len(cells.outline_of(cell)) == 6
    assert abs(lon[0] - 121.6) < 0.002


def test_no_points_have_no_cells() -> None:
    assert cells.cells_of([], []).shape == (0,)
    assert cells.centres_of([])[0].shape == (0,)

"""Flow over small rasters whose answer can be read off by eye, and what must hold on any."""

import numpy as np
import pytest

from anlan.engines.geo import terrain


def _edge(shape: tuple[int, int]) -> terrain.Mask:
    edge = np.zeros(shape, dtype=bool)
    edge[[0, -1], :] = True
    edge[:, [0, -1]] = True
    return edge


def _hills(size: int) -> terrain.Floats:
    rng = np.random.default_rng(7)
    row, col = np.indices((size, size))
    return np.asarray(20 * np.sin(row / 5) * np.cos(col / 7) + rng.uniform(0, 3, (size, size)))


def test_water_runs_down_a_ramp_in_a_straight_line() -> None:
    height = np.tile(np.arange(5.0), (3, 1))
    outlets = np.zeros(height.shape, dtype=bool)
    outlets[:, 0] = True
    flow = terrain.route(height, outlets)
    assert flow.receiver.reshape(3, 5)[1].tolist() == [5, 5, 6, 7, 8]
    assert terrain.accumulate(flow, np.ones(height.shape))[5] == 5


def test_slope_takes_the_cell_size_into_account() -> None:
    height = np.array([[9.0, 9.0, 9.0], [9.0, 5.0, 4.0], [9.0, 3.8, 9.0]])
    outlets = height < 5
    near_east = terrain.route(height, outlets, cell=(2.0, 1.0))
    assert near_east.receiver[4] == 5
    assert terrain.route(height, outlets).receiver[4] == 7


def test_a_depression_spills_over_its_lowest_pass() -> None:
    height = np.array(
        [
            [9.0, 9.0, 9.0, 9.0, 9.0],
            [9.0, 2.0, 6.0, 8.0, 0.0],
            [9.0, 9.0, 9.0, 9.0, 9.0],
        ]
    )
    outlets = height == 0
    flow = terrain.route(height, outlets)
    assert flow.receiver[6] == 7
    assert flow.receiver[8] == 9
    assert terrain.accumulate(flow, np.ones(height.shape))[9] == height.size


def test_everything_that_falls_reaches_an_outlet() -> None:
    height = _hills(60)
    outlets = _edge(height.shape)
    flow = terrain.route(height, outlets)
    arrived = terrain.accumulate(flow, np.ones(height.shape))[outlets.ravel()].sum()
    assert arrived == height.size
    assert sorted(flow.order.tolist()) == list(range(height.size))


def test_no_path_rises_after_breaching_and_no_cell_is_raised() -> None:
    height = _hills(60)
    flow = terrain.route(height, _edge(height.shape))
    carved = terrain.breach(height, flow)
    assert (carved <= height).all()
    flat = carved.ravel()
    assert (flat[flow.receiver] <= flat).all()


def test_erosion_without_uplift_only_lowers_and_keeps_outlets() -> None:
    height = terrain.breach(_hills(40), terrain.route(_hills(40), _edge((40, 40))))
    outlets = _edge(height.shape)
    flow = terrain.route(height, outlets)
    still = np.zeros(height.shape)
    worn = terrain.erode(height, flow, still, np.full(height.shape, 0.3))
    assert (worn <= height + 1e-9).all()
    np.testing.assert_array_equal(worn[outlets], height[outlets])


def test_two_streams_of_one_order_make_the_next() -> None:
    # Two heads meet (order 2), a third joins without raising it.
    height = np.array(
        [
            [9.0, 5.0, 9.0, 9.0],
            [9.0, 9.0, 4.0, 9.0],
            [9.0, 5.0, 9.0, 3.0],
            [9.0, 9.0, 3.5, 2.0],
        ]
    )
    outlets = np.zeros(height.shape, dtype=bool)
    outlets[3, 3] = True
    channel = height < 9
    order = terrain.strahler(terrain.route(height, outlets), channel).reshape(height.shape)
    assert order[0, 1] == order[2, 1] == 1
    assert order[1, 2] == 1
    assert order[3, 3] == 2
    assert order[0, 0] == 0


def test_labels_spread_from_the_nearest_downstream() -> None:
    height = np.arange(6.0)[None, :]
    outlets = height == 0
    flow = terrain.route(height, outlets)
    labels = np.array([[-1, 7, -1, 4, -1, -1]])
    assert terrain.spread_down(flow, labels).tolist() == [-1, 7, 7, 4, 4, 4]


@pytest.mark.parametrize("cell", [(1.0, 1.0), (92.4, 81.6)])
def test_distance_agrees_with_brute_force(cell: tuple[float, float]) -> None:
    rng = np.random.default_rng(3)
    targets = rng.random((37, 52)) < 0.02
    row, col = np.nonzero(targets)
    at = np.indices(targets.shape)
    exact = np.hypot((at[0][..., None] - row) * cell[0], (at[1][..., None] - col) * cell[1]).min(
        axis=-1
    )
    found = terrain.distance(targets, cell=cell)
    assert (found >= exact - 1e-9).all()
    assert (found - exact).max() <= max(cell)
    assert (np.abs(found - exact) < 1e-9).mean() > 0.99

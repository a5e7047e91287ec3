"""Cheapest ways over a block grid of the county: who is nearest, and along which cells.

Blocks are ``BLOCK`` x ``BLOCK`` raster cells (about 170 m); only blocks with land count.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from . import frame
from .frame import Floats

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

BLOCK: Final = 2
_DIRECTIONS: Final = ((0, 1), (1, 0), (1, 1), (1, -1))


@dataclass(frozen=True, slots=True)
class Mesh:
    """Blocks as nodes 0..n-1 with undirected links between neighbours.

    ``block`` is the flat block index of every node, ``node`` its inverse (-1 for no node).
    ``first`` cuts ``near`` and ``link`` into the neighbours of each node; ``ends`` are the two
    nodes of each link and ``km`` its straight length.
    """

    block: Ints
    node: Ints
    first: list[int]
    near: list[int]
    link: Ints
    ends: Ints
    km: Floats


def block_shape() -> tuple[int, int]:
    """Rows and columns of the block grid."""
    return frame.ROWS // BLOCK, frame.COLS // BLOCK


def blocks(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Cells of each block side by side: shape (block rows, block columns, cells)."""
    rows, cols = block_shape()
    cut = values.reshape(rows, BLOCK, cols, BLOCK).transpose(0, 2, 1, 3)
    return cut.reshape(rows, cols, BLOCK * BLOCK)


def mesh(allowed: Mask) -> Mesh:
    """Connect every allowed block with its eight neighbours."""
    rows, cols = allowed.shape
    node = np.full(rows * cols, -1, dtype=np.int64)
    block = np.flatnonzero(allowed.ravel())
    node[block] = np.arange(block.size)
    grid = node.reshape(rows, cols)
    pairs, lengths = [], []
    for dr, dc in _DIRECTIONS:
        a = grid[: rows - dr, max(0, -dc) : cols - max(0, dc)]
        b = grid[dr:, max(0, dc) : cols - max(0, -dc)]
        both = (a >= 0) & (b >= 0)
        pairs.append(np.stack([a[both], b[both]]))
        cell = np.array(frame.CELL_M) * BLOCK / 1000
        lengths.append(np.full(int(both.sum()), np.hypot(dr * cell[0], dc * cell[1])))
    ends = np.concatenate(pairs, axis=1)
    source = np.concatenate([ends[0], ends[1]])
    target = np.concatenate([ends[1], ends[0]])
    link = np.tile(np.arange(ends.shape[1]), 2)
    order = np.lexsort((target, source))
    first = np.searchsorted(source[order], np.arange(block.size + 1))
    return Mesh(
        block,
        node,
        first.tolist(),
        target[order].tolist(),
        link[order],
        ends,
        np.concatenate(lengths),
    )


def spread(net: Mesh, cost: Floats, sources: list[int]) -> tuple[Floats, Ints, Ints]:
    """Grow from all sources at once over links of the given cost (inf = closed).

    Returns for every node the cost, the position of its source in ``sources`` (-1 = not reached)
    and the node before it on the way (-1 at a source).
    """
    far = [float("inf")] * net.block.size
    owner = [-1] * net.block.size
    before = [-1] * net.block.size
    heap: list[tuple[float, int]] = []
    for number, source in enumerate(sources):
        if far[source] > 0:
            far[source], owner[source] = 0.0, number
            heap.append((0.0, source))
    heapq.heapify(heap)
    price = cost[net.link].tolist()
    first, near = net.first, net.near
    pop, push = heapq.heappop, heapq.heappush
    while heap:
        here, node = pop(heap)
        if here > far[node]:
            continue
        mine = owner[node]
        for k in range(first[node], first[node + 1]):
            other = near[k]
            reached = here + price[k]
            if reached < far[other]:
                far[other], owner[other], before[other] = reached, mine, node
                push(heap, (reached, other))
    return np.array(far), np.array(owner, dtype=np.int64), np.array(before, dtype=np.int64)


def components(net: Mesh, passable: Mask) -> Ints:
    """Label of the connected part of every node: the lowest node of the part."""
    label = np.arange(net.block.size)
    a, b = net.ends[:, passable]
    while True:
        low = np.minimum(label[a], label[b])
        before = label.copy()
        # Hook the labels themselves, not only the nodes: long chains then merge in a few rounds.
        for end in (a, b):
            np.minimum.at(label, before[end], low)
            np.minimum.at(label, end, low)
        label = label[label]
        if np.array_equal(label, before):
            return label


def walk_back(before: Ints, node: int) -> list[int]:
    """Nodes from the source to ``node``."""
    way = [node]
    while before[way[-1]] >= 0:
        way.append(int(before[way[-1]]))
    return way[::-1]

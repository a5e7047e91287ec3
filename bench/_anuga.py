"""The peer of ``surge``: ANUGA on the bowl in which a plane of water circles.

``python bench/_anuga.py CELLS`` prints JSON: seconds of one core for one period, steps, cells (its
are triangles) and the error against Thacker's solution. It is a program of its own, so that ANUGA
need not be installed beside the product: any Python that has it will do.
"""

import json
import sys
import tempfile
import time

import anuga
import numpy as np

PERIOD = 4.4857014655


def main(cells: int) -> dict[str, float]:
    """Cut a square of `cells` by `cells` into four triangles each and run one period."""
    domain = anuga.rectangular_cross_domain(
        cells, cells, len1=4.0, len2=4.0, origin=(-2.0, -2.0), verbose=False
    )
    domain.set_name("bowl")
    domain.set_datadir(tempfile.mkdtemp(prefix="anlan-anuga-"))
    domain.set_quantities_to_be_stored(None)
    domain.set_flow_algorithm("DE0")
    domain.set_quantity("friction", 0.0)
    domain.set_quantity("elevation", ground, location="centroids")
    domain.set_quantity("stage", stage, location="centroids")
    speed = 0.5 * np.sqrt(2 * 9.81 * 0.1)
    domain.set_quantity(
        "ymomentum",
        lambda x, y: speed * (stage(x, y) - ground(x, y)),
        location="centroids",
    )
    wall = anuga.Reflective_boundary(domain)
    domain.set_boundary(dict.fromkeys(("left", "right", "top", "bottom"), wall))
    begun = time.process_time()
    for _ in domain.evolve(yieldstep=PERIOD, finaltime=PERIOD):
        pass
    took = time.process_time() - begun
    x, y = domain.centroid_coordinates.T
    depth = (
        domain.quantities["stage"].centroid_values - domain.quantities["elevation"].centroid_values
    )
    exact = stage(x, y) - ground(x, y)
    area = domain.areas
    error = (np.abs(depth - exact) * area).sum() / (exact * area).sum()
    return {
        "seconds": took,
        "steps": int(domain.number_of_steps),
        "cells": int(domain.number_of_triangles),
        "error": float(error),
    }


def ground(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -0.1 * (1 - x**2 - y**2)


def stage(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.maximum(0.05 * (2 * x - 0.5), ground(x, y))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))) + "\n")

"""Set-up: from a bare Python to an installed product, with the standard library alone.

``./run`` and ``./test`` start this with the system's Python. Everything made here can be made
again: ``.venv`` (packages, exactly as locked), ``frontend/node_modules``, ``frontend/dist``. A
stamp beside each holds the hash of what it was made from, is written last, and is looked at first;
so a second start does nothing, and a set-up that was interrupted is repaired by the next one.
"""

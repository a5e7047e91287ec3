"""Observations as devices and peers send them: JSON, NDJSON, CSV, Arrow -> columns.

Every element stands alone: one that cannot be read is rejected with its index and a reason in
Chinese, the rest lives. Only a body of which nothing can be read raises (`Malformed`, `TooLarge`).
"""

from anlan.protocols.observations.shapes import Decoded, Malformed, Rejection, TooLarge

__all__ = ["Decoded", "Malformed", "Rejection", "TooLarge"]

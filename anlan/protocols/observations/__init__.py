"""Observations as devices and peers send them: JSON, NDJSON, CSV, Arrow -> columns.

Every element stands alone: one that cannot be read is rejected with its index and a reason in
Chinese, the rest lives. Only a body of which nothing can be read raises (`Malformed`, `TooLarge`).
`bodies.decode` chooses by media type; `json_bodies.decode_messages` reads MQTT messages together.
This package itself imports only the shapes, so that who needs them pays for no compiler.
"""

from anlan.protocols.observations.shapes import Decoded, Malformed, Rejection, TooLarge

__all__ = ["Decoded", "Malformed", "Rejection", "TooLarge"]

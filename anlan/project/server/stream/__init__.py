"""``/api/v1/stream``: what happens, told to a thousand browsers as it happens."""

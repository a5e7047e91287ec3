"""The way from other processes to the ingest process: one unix socket, ``DIR/ingest.sock``.

Bodies travel as they came; only the ingest process decodes them and knows the keys. Many questions
are under way on one connection, each with a number; answers come when they are ready.
"""

from anlan.sense.relay.frames import Answer, Ask, socket_of

__all__ = ["Answer", "Ask", "socket_of"]

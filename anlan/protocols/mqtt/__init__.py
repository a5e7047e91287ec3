"""MQTT 3.1.1 and 5 as an ingest-only server speaks it: packets, and the rules of a connection.

`Session` is all a door needs. Its limits: QoS 0 and 1, no subscriptions, no stored sessions, no
extended authentication, packets up to a limit. Written after the OASIS standards of 2014 and 2019.
"""

from anlan.protocols.mqtt.reasons import Broken, Reason
from anlan.protocols.mqtt.session import Message, Session

__all__ = ["Broken", "Message", "Reason", "Session"]

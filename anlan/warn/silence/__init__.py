"""Whether a village has fallen silent: nobody answers, no telephone, no sensor. Pure; no rule.

Life has an age. Whatever is heard of a village (an answer, a receipt, a telephone that rings, a
link somebody opened, a value, a loudspeaker that played) shows that it lived then, and nothing
after it; only what fails after the last of them can show that it lives no longer. So a village that
answered at two and is cut off at ten past is found like one that never answered.

A village that is called is silent when those asked since then say nothing, and its telephones or
its sensors have failed as well. Where nobody is waited for only sensors can tell: those of several
stations that stopped together. Silence proves something only where the same kind is heard elsewhere
at the same time: when our own intake stopped, a provider is down or a gateway has gone, every
village behind it is unknown, not silent.
"""

from anlan.warn.silence.judging import (
    last_heard,
    long_silent,
    quiet_villages,
    silent_villages,
    suspects,
)
from anlan.warn.silence.phones import phone_signs
from anlan.warn.silence.scene import (
    ALIVE,
    SILENT,
    UNKNOWN,
    Limits,
    Posts,
    Scene,
    Sensor,
    Sent,
    Sign,
    Silence,
)
from anlan.warn.silence.sensors import sensor_signs

__all__ = [
    "ALIVE",
    "SILENT",
    "UNKNOWN",
    "Limits",
    "Posts",
    "Scene",
    "Sensor",
    "Sent",
    "Sign",
    "Silence",
    "last_heard",
    "long_silent",
    "phone_signs",
    "quiet_villages",
    "sensor_signs",
    "silent_villages",
    "suspects",
]

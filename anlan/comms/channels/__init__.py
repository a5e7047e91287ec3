"""Channels: how a message leaves. Each kind declares what its success proves."""

from anlan.comms.channels.kinds import (
    CHANNELS,
    SHEET,
    STANDS_BY,
    Channel,
    channel_of,
    declared_by,
)

__all__ = ["CHANNELS", "SHEET", "STANDS_BY", "Channel", "channel_of", "declared_by"]

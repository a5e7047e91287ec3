"""Channels: how a message leaves. Each kind declares what its success proves."""

from anlan.comms.channels.kinds import CHANNELS, SHEET, Channel, channel_of

__all__ = ["CHANNELS", "SHEET", "Channel", "channel_of"]

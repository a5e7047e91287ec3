"""What one may do with messages, as ``rights.toml`` names it."""

VIEW = "comms.view"
SEND = "comms.send"
CHANNELS_VIEW = "channels.view"
CALLS_VIEW = "calls.view"
CALL = "calls.call"
ANSWER = "calls.answer"

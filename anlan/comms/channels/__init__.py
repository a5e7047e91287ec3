"""Channels: how a message leaves. Each kind declares what its success proves."""

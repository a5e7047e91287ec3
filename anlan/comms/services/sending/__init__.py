"""Sending what is queued: claimed, sent, recorded, and put right after a crash."""

from anlan.comms.services.sending.running import send_due

__all__ = ["send_due"]

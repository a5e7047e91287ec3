"""Messages over HTTP."""

from anlan.comms.api import messages, readiness, replies, sounds

routers = [messages.router, replies.router, readiness.router, sounds.router]

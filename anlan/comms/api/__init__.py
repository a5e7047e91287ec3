"""Messages over HTTP."""

from anlan.comms.api import messages, readiness, replies

routers = [messages.router, replies.router, readiness.router]

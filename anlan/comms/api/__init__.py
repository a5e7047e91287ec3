"""Messages over HTTP."""

from anlan.comms.api import messages

routers = [messages.router]

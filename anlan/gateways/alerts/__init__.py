"""The public side of alerts: the CAP feed, the messages in it, and a page to read them on."""

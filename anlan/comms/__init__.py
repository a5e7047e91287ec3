"""Comms: messages out and in, their channels, deliveries, receipts and rooms."""

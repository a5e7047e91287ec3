"""Gateways: doors to devices, peers and other platforms, in and out."""

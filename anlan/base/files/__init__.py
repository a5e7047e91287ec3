"""Attachments: stored once by digest, shown where they belong."""

"""Deeds on accounts. Every one is journalled under the topic `TOPIC`, which no stream carries."""

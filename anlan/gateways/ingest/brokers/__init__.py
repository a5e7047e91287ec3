"""External MQTT brokers: other platforms' and vendors', subscribed to as declared in files."""

"""Alarm rules as data: read and checked, said aloud, compiled into watches."""

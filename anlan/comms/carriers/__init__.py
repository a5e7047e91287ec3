"""Carriers: what takes messages away. Each speaks to one declared channel, or stands in for all."""

from anlan.comms.carriers.parcels import Carrier, Parcel, Result

__all__ = ["Carrier", "Parcel", "Result"]

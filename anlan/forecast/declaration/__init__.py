"""What one model is, as declared in ``anlan/forecast/shipped`` or ``DIR/conf/models/KEY.toml``."""

from anlan.forecast.declaration.model import Input, Model, Schedule
from anlan.forecast.declaration.reading import read_model
from anlan.forecast.declaration.shelf import Shelf, shelf

__all__ = ["Input", "Model", "Schedule", "Shelf", "read_model", "shelf"]

"""Code tables: national and international codes as versioned CSV and TOML, and one small loader.

``table`` finds the table in force on a day in a region, ``grade`` grades an event from figures,
``band`` places a value on a scale, ``hazard`` tells what the platform knows of a hazard, and
``is_working_day`` and ``deadline`` know the legal calendar. Every row says where it comes from
and how far it may be trusted: V verified, S stated in the planning documents, M remembered,
M? doubtful, O our own convention. Officers see the flag where they choose by an M or M? row.
"""

from anlan.codes.calendar import Day, add_working_days, deadline, is_working_day
from anlan.codes.categories import from_gbt35561, to_gbt35561
from anlan.codes.choices import as_choices, describe
from anlan.codes.grading import Grading, grade, rule, rules
from anlan.codes.hazard_kinds import Hazard, hazard, hazard_of_event, hazards
from anlan.codes.lookup import table, tables
from anlan.codes.overlays import overlay
from anlan.codes.rows import Code, Table
from anlan.codes.scales import Band, band, scale_tables

__all__ = [
    "Band",
    "Code",
    "Day",
    "Grading",
    "Hazard",
    "Table",
    "add_working_days",
    "as_choices",
    "band",
    "deadline",
    "describe",
    "from_gbt35561",
    "grade",
    "hazard",
    "hazard_of_event",
    "hazards",
    "is_working_day",
    "overlay",
    "rule",
    "rules",
    "scale_tables",
    "table",
    "tables",
    "to_gbt35561",
]

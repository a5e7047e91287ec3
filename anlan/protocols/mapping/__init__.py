"""A declared mapping from a foreign document to observation columns (字段映射), without code.

::

    tree = parse(body, Form("json"))        # bytes in whatever character set -> dicts and lists
    mapped = columns_of(tree, mapping)      # records -> columns, a reason for each that is none

A document that is not what was declared raises `Unlike`; a record that cannot be mapped is
rejected alone, with its place and a sentence in Chinese.
"""

from anlan.protocols.mapping.columns import Mapped, Rejected, columns_of
from anlan.protocols.mapping.declared import Coding, Form, Mapping, Marks, Value
from anlan.protocols.mapping.documents import Unlike, parse
from anlan.protocols.mapping.numbers import Blanks
from anlan.protocols.mapping.selectors import Path
from anlan.protocols.mapping.times import TimeForm

__all__ = [
    "Blanks",
    "Coding",
    "Form",
    "Mapped",
    "Mapping",
    "Marks",
    "Path",
    "Rejected",
    "TimeForm",
    "Unlike",
    "Value",
    "columns_of",
    "parse",
]

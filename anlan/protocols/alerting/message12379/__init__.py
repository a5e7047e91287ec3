"""The message of the national early-warning release system (国家突发事件预警信息发布系统).

It looks like CAP and is not: no namespace, colours for severities, 14-digit sender codes, times
in Beijing with a space, region codes in one list. The XML is known from a real message and from
the identifier rules of GB/T 34283; of the JSON form only the names of the members are assumed to
be those of the elements, which nobody could confirm: check it with the system you join.
"""

from anlan.protocols.alerting.message12379.identifiers import Identifier
from anlan.protocols.alerting.message12379.reading import read_national
from anlan.protocols.alerting.message12379.writing import Form, write

__all__ = ["Form", "Identifier", "read_national", "write"]

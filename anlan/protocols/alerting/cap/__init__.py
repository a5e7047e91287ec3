"""Common Alerting Protocol (OASIS): 1.2, 1.1 and 1.0 read with tolerance, 1.2 written strictly."""

from anlan.protocols.alerting.cap.checking import faults_of
from anlan.protocols.alerting.cap.reading import read_cap
from anlan.protocols.alerting.cap.writing import write_cap

__all__ = ["faults_of", "read_cap", "write_cap"]

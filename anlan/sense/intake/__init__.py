"""The one way in: decoded observations are resolved, stored, acknowledged, judged.

`Intake.submit` queues what a door decoded and returns a future. One thread takes everything that
waits (group commit): codes become numbers, units the quantity's, what is no stream of the sender's
or lies in the future is refused by itself, duplicates and revisions are told apart, doubts are
flagged, one append makes it durable - and only then the futures are answered. After that the same
thread shows the newest values to other processes and runs the rules; a second thread, the desk,
turns what the rules say into alarms.

What the rules have not told the desk when the process dies is told by the next one: rules and
quality checks keep their state with the number of the last commit they digested, together with
whatever the desk had not written yet, and begin with the commits after it.
"""

from anlan.sense.intake.directory import Directory, Owner
from anlan.sense.intake.intake import Intake

__all__ = ["Directory", "Intake", "Owner"]

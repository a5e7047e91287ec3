"""What is really the matter is told to every exercise at once."""

from collections.abc import Sequence

from anlan.kernel import workspace
from anlan.kernel.events import on_many
from anlan.project.exercises.real_alarms import tell_exercises
from anlan.sense.events import AlarmRaised
from anlan.warn.events import AlertReceived


@on_many(AlarmRaised)
def tell_of_alarms(_: Sequence[AlarmRaised]) -> None:
    """Let the exercises show that something was really measured."""
    tell_exercises(workspace.directory())


@on_many(AlertReceived)
def tell_of_messages(_: Sequence[AlertReceived]) -> None:
    """Let the exercises show that a department really warned."""
    tell_exercises(workspace.directory())

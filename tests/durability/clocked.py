"""The product's settings for a live workspace whose time a test sets.

Only exercises follow ``clock.json``, and exercises reach nobody; to see half an hour of a ladder
with real providers in half a minute, a test's live workspace follows one too.
"""

from anlan.kernel import clock, workspace
from anlan.project.settings import *  # noqa: F403 - all of them

clock.use(workspace.directory() / "clock.json")

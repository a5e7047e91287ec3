"""Bringing the tables up to date: Django's own migrations, without its repeated drawing of models.

After every operation Django draws anew each model that hangs together with the changed one, so that
somebody may work on their rows with it. Here nearly all hang together, and of twenty seconds for a
new database eighteen went into that. Operations on tables need the changed model alone; whoever
works on rows (``RunPython``) is given all of them, drawn once then.
"""

import sys
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class _State(ProjectState):
    """The models as of a migration; of those only what changed is drawn anew."""

    def _find_reload_model(
        self,
        app_label: str,
        model_name: str,
        delay: bool = False,  # noqa: ARG002 - everything is delayed
    ) -> set[tuple[str, str]]:
        self.is_delayed = True  # `RunPython` then has all of them drawn from the start
        return {(app_label, model_name)}


class Executor(MigrationExecutor):
    """Applies migrations as Django's does, and makes the same tables."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        made = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
        return _State(models=made.models, real_apps=made.real_apps)


def migrate(*, tell: bool = False) -> None:
    """Apply what is not yet applied; with `tell`, name each on standard output."""
    executor = Executor(connection, _tell) if tell else Executor(connection)
    executor.loader.check_consistent_history(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    # Nothing is left to it but its checks and what Django tells those who wait for a migration.
    call_command("migrate", interactive=False, verbosity=1 if tell else 0)


def _tell(action: str, migration: Any = None, fake: bool | None = None) -> None:  # noqa: ARG001
    if action == "apply_success":
        sys.stdout.write(f"  {migration} OK\n")

from anlan.base.conftest import migrated, real, workspace_of_tests

__all__ = ["migrated", "real", "workspace_of_tests"]

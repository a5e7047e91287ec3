"""Writing regions: the one way in is a list of codes, with or without boundaries."""

from anlan.base.regions.services.lists import (
    ImportReport,
    ListOptions,
    Progress,
    import_regions,
    read_successors,
)

__all__ = ["ImportReport", "ListOptions", "Progress", "import_regions", "read_successors"]

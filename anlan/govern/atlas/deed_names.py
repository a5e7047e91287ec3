"""What deeds on saved views are called in the journal."""

from anlan.base.journal.deeds import name_deed

SUBJECT = "map-view"

VIEW = {
    "saved": name_deed("map-views.saved", "保存地图视图", "Saved a view of the map"),
    "removed": name_deed("map-views.removed", "删除地图视图", "Removed a view of the map"),
}

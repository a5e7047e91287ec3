"""Deeds of sense: alarms, rules, device keys, maintenance; what goes with writing streams."""

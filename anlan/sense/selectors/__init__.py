"""Questions to sense: streams and their newest values, alarms, rules, quality."""

"""Somebody owes something by a time; unanswered ones climb (事项)."""

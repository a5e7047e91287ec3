"""Plans: structured plans (预案), their steps, and drills."""

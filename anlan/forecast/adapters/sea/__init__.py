"""The sea of a surge run in parts: ground, tide at its sides, the runs, villages, products."""

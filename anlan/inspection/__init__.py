"""Inspection: checks, hidden dangers (隐患), supervision (挂牌督办) and enforcement cases."""

"""Duty desk: log, handover, roll call (值班日志、交接班、点名查岗)."""

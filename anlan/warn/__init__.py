"""Warn: alerts (预警) from draft to issue, delivery, answer (叫应), update and cancel."""

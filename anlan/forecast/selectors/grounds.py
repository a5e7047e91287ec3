"""Whether anybody still stands behind what was concluded from forecasts of a matter."""

from anlan.forecast.models import Run


def is_signed(case: str) -> bool:
    """Tell whether a run of a case is signed and was not taken back since."""
    return bool(case) and Run.objects.filter(case=case, signing="approved").exists()

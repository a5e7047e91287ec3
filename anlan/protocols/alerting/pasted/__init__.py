"""Recognise warnings in a text that an officer pastes, for the officer to confirm.

::

    for found in recognise(text, now):
        found.message            # the same record every other form becomes
        found.fields             # what was recognised where, and how surely
        found.missing            # what a warning must have and the text does not say

Words come from the code tables ``warning-hazard-words``, ``warning-verbs`` and
``warning-station-words``. Nothing that is recognised is acted upon before a person confirmed it.
"""

from anlan.protocols.alerting.pasted.found import Confidence, Found, Recognised
from anlan.protocols.alerting.pasted.recognising import recognise

__all__ = ["Confidence", "Found", "Recognised", "recognise"]

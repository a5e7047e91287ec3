"""What goes with writing stations, streams, gateways: numbers, and word to the ingest process."""

from collections.abc import Sequence

from django.db.models import Max

from anlan.base.register.keeping import keep_with
from anlan.base.register.models import Row
from anlan.sense.models import Gateway, Station, Stream
from anlan.sense.services.epochs import turn_epoch


@keep_with(Stream)
def number_streams(streams: Sequence[Stream]) -> None:
    """Give new streams their numbers, from 1 up; rows are never deleted, so none comes twice."""
    # Turning the epoch first holds its row, so that two writers never count from the same end.
    turn_epoch()
    fresh = [stream for stream in streams if stream.number is None]
    if not fresh:
        return
    last = Stream.objects.aggregate(last=Max("number"))["last"] or 0
    for number, stream in enumerate(fresh, start=last + 1):
        stream.number = number


@keep_with(Station, Gateway)
def tell_of_stations(rows: Sequence[Row]) -> None:  # noqa: ARG001 - that there are some is enough
    """Let the ingest process read where its streams hang."""
    turn_epoch()

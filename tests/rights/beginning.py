"""How the addresses of the first days are asked: what the county lacks, the replay of a storm."""

from tests.rights.asking import Ask

BEGIN: dict[str, tuple[Ask, ...]] = {
    "GET /exercises/real-alarms": (Ask("/exercises/real-alarms", same=True),),
    "GET /welcome/county": (Ask("/welcome/county"),),
    "GET /replays/lekima": (Ask("/replays/lekima", same=True),),
    "POST /replays/lekima": (Ask("/replays/lekima", {}),),
    "POST /replays/lekima/halt": (Ask("/replays/lekima/halt", {}),),
    "POST /replays/lekima/close": (Ask("/replays/lekima/close", {}),),
}

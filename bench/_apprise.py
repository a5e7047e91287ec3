"""The peer of ``fanout``: Apprise telling so many recipients, one call each, as its manual does.

``python bench/_apprise.py ADDRESS COUNT`` prints the seconds it took. It is a program of its own,
so that Apprise need not be installed beside the product: any Python that has it will do.
"""

import sys
import time

import apprise


def main(address: str, count: int) -> float:
    began = time.perf_counter()
    for number in range(count):
        one = apprise.Apprise()
        one.add(f"json://{address.removeprefix('http://')}/send?to=1{number:010d}")
        if not one.notify(title="通知", body="县防指：暴雨红色预警，请立即转移"):
            raise SystemExit("Apprise could not send")
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1], int(sys.argv[2])):.6f}\n")

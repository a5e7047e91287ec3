"""Ask ``/healthz`` from outside, as a stranger would."""

import contextlib
import http.client
import os
import ssl
import threading

POLL_S = 0.1
TIMEOUT_S = 5.0


def url(host: str, port: int) -> str:
    """Return the address a person types; every-network addresses are shown as this machine."""
    scheme = "https" if os.environ.get("ANLAN_TLS_CERT") else "http"
    shown = "127.0.0.1" if host in ("0.0.0.0", "") else "[::1]" if host == "::" else host  # noqa: S104
    return f"{scheme}://{shown}:{port}"


def ask(host: str, port: int, timeout_s: float = TIMEOUT_S) -> tuple[int, str]:
    """Return the status and body of ``/healthz``; 0 and the reason when nobody answers."""
    address = url(host, port).split("://")[1].rsplit(":", 1)[0].strip("[]")
    if os.environ.get("ANLAN_TLS_CERT"):
        # The certificate is the operator's own, and we ask only ourselves.
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            address, port, timeout=timeout_s, context=trusting
        )
    else:
        connection = http.client.HTTPConnection(address, port, timeout=timeout_s)
    try:
        with contextlib.closing(connection):
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            return answer.status, answer.read(4_096).decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)


class HealthWatch(threading.Thread):
    """Polls until the first 200, then writes a byte to `wake` and ends."""

    def __init__(self, host: str, port: int, wake: int) -> None:
        super().__init__(name="health", daemon=True)
        self._host, self._port, self._wake = host, port, wake
        self._stopped = threading.Event()
        self.healthy = False
        self.last = ""

    def run(self) -> None:
        """Poll."""
        while not self._stopped.wait(POLL_S):
            status, body = ask(self._host, self._port)
            if status == http.client.OK:
                self.healthy = True
                with contextlib.suppress(OSError):
                    os.write(self._wake, b"\0")
                return
            self.last = f"/healthz {status or '-'}: {body.strip()[:500]}"

    def stop(self) -> None:
        """Stop polling; a request under way ends by itself."""
        self._stopped.set()

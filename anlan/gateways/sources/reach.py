"""Where a declaration written on a page may point: not back at this machine.

Whoever may write a source can make the server ask an address and read the answer. Departments'
platforms stand in the same private networks as we do, so those stay open; the machine's own
addresses and link-local ones (where clouds keep their keys) do not. An operator who puts a file
into ``conf/sources`` decides for themselves.
"""

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from anlan.kernel.errors import Invalid

OWN = "{host} 是服务器自己的地址或链路本地地址，页面上不能填；确有需要，由运维人员写进 conf/sources"


def refuse_own(urls: Iterable[str]) -> None:
    """Raise `Invalid` when an address leads to this machine; unknown hosts fail when called."""
    for url in urls:
        host = urlsplit(url).hostname or ""
        if any(_is_own(address) for address in _addresses(host)):
            raise Invalid(OWN.format(host=host), errors={"url": [OWN.format(host=host)]})


def _addresses(host: str) -> Iterator[str]:
    try:
        for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
            yield str(address[0])
    except (OSError, UnicodeError):
        return


def _is_own(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_loopback or inner.is_link_local or inner.is_unspecified)

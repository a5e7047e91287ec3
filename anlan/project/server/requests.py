"""RSGI's request as Django's."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import IO, Any, BinaryIO, cast

from django.http import HttpRequest, QueryDict, parse_cookie
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

#: Headers CGI does not prefix.
_PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


@lru_cache(maxsize=512)
def _meta_name(header: str) -> str:
    return _PLAIN.get(header) or "HTTP_" + header.upper().replace("-", "_")


class RsgiRequest(HttpRequest):
    """A request whose parts are made when somebody asks for them."""

    _encoding: str | None
    _post: QueryDict
    _files: MultiValueDict[str, Any]
    _set_content_type_params: Callable[[dict[str, Any]], None]

    # Django's own initialiser makes six containers that most requests never touch.
    def __init__(self, scope: Any, body: IO[bytes] | None, number: str) -> None:
        self._scope = scope
        self.path = self.path_info = scope.path
        self.method = "GET" if scope.method == "HEAD" else scope.method
        self.META = _meta(scope, number)
        self.resolver_match = None
        self._stream = cast(BinaryIO, body) if body is not None else io.BytesIO()
        self._read_started = False
        self._post_parse_error = False
        self._set_content_type_params(self.META)

    @cached_property
    def GET(self) -> QueryDict:  # type: ignore[override] # noqa: N802 - Django's name
        """Parse the query string."""
        return QueryDict(self._scope.query_string, encoding=self._encoding)

    @cached_property
    def COOKIES(self) -> dict[str, str]:  # type: ignore[override] # noqa: N802 - Django's name
        """Parse the cookies."""
        return parse_cookie(self.META.get("HTTP_COOKIE", ""))

    @property
    def POST(self) -> QueryDict:  # type: ignore[override] # noqa: N802 - Django's name
        """Parse a form."""
        if not hasattr(self, "_post"):
            self._load_post_and_files()
        return self._post

    @property
    def FILES(self) -> MultiValueDict[str, Any]:  # type: ignore[override] # noqa: N802
        """Parse uploaded files."""
        if not hasattr(self, "_files"):
            self._load_post_and_files()
        return self._files

    def _get_scheme(self) -> str:
        return str(self._scope.scheme)


def _meta(scope: Any, number: str) -> dict[str, Any]:
    meta = {
        "REQUEST_METHOD": scope.method,
        "QUERY_STRING": scope.query_string,
        "PATH_INFO": scope.path,
        "SCRIPT_NAME": "",
        "REMOTE_ADDR": address(scope.client),
        "wsgi.url_scheme": scope.scheme,
        "anlan.request_id": number,
    }
    host, _, port = scope.server.rpartition(":")
    meta["SERVER_NAME"], meta["SERVER_PORT"] = host.strip("[]"), port
    for name, value in scope.headers.items():
        key = _meta_name(name)
        # A repeated header is one header with commas, cookies with semicolons (RFC 9110, 6265).
        if key in meta:
            value = f"{meta[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        meta[key] = value
    if "HTTP_HOST" not in meta and scope.authority:
        meta["HTTP_HOST"] = scope.authority
    return meta


def address(client: str) -> str:
    """Take the port off a peer's name."""
    return client.rpartition(":")[0].strip("[]")

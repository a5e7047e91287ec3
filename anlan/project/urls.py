"""Where every address leads."""

from typing import Any

from django.urls import URLPattern, URLResolver, path

import anlan
from anlan.base.door.api import make_api, routers
from anlan.gateways.alerts.urls import urls as alert_urls
from anlan.web.urls import urls as web_urls

API = "api/v1/"

api = make_api(routers(), version=anlan.__version__)


class ByFirstWord(URLResolver):
    """Tries only the addresses that begin with the same word; trying all is slower than a list."""

    def resolve(self, path: Any) -> Any:
        """Find the view of a path below the API."""
        match = self.pattern.match(path)
        if match is None:
            return super().resolve(path)
        word = match[0].partition("/")[0].partition(".")[0]
        part = self._parts().get(word)
        return super().resolve(path) if part is None else part.resolve(path)

    def _parts(self) -> dict[str, URLResolver]:
        parts: dict[str, URLResolver] | None = self.__dict__.get("parts")
        if parts is None:
            parts = self.__dict__["parts"] = self._split()
        return parts

    def _split(self) -> dict[str, URLResolver]:
        by_word: dict[str, list[URLPattern | URLResolver]] = {}
        for pattern in self.url_patterns:
            word = str(pattern.pattern).partition("/")[0].partition(".")[0]
            by_word.setdefault(word, []).append(pattern)
        return {
            word: URLResolver(
                self.pattern, patterns, self.default_kwargs, self.app_name, self.namespace
            )
            for word, patterns in by_word.items()
        }


def _api_resolver() -> ByFirstWord:
    plain: Any = path(API, api.urls)
    return ByFirstWord(
        plain.pattern, plain.urlconf_name, plain.default_kwargs, plain.app_name, plain.namespace
    )


urlpatterns: list[URLPattern | URLResolver] = [_api_resolver(), *alert_urls, *web_urls(api)]

handler400 = "anlan.base.door.problems.bad_request"
handler403 = "anlan.base.door.problems.forbidden"
handler404 = "anlan.base.door.problems.not_found"
handler500 = "anlan.base.door.problems.server_error"

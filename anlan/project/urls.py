"""Where every address leads."""

from django.urls import URLPattern, URLResolver, path

import anlan
from anlan.base.door.api import make_api, routers
from anlan.web.urls import urls as web_urls

api = make_api(routers(), version=anlan.__version__)

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    *web_urls(api),
]

handler400 = "anlan.base.door.problems.bad_request"
handler403 = "anlan.base.door.problems.forbidden"
handler404 = "anlan.base.door.problems.not_found"
handler500 = "anlan.base.door.problems.server_error"

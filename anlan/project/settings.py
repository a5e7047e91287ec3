"""Django's settings: one file, from the environment and the workspace only."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from anlan import codes
from anlan.kernel import clock, ids, workspace
from anlan.kernel.errors import Invalid, Missing
from anlan.project import environment

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = workspace.directory()

try:
    WORKSPACE: workspace.Workspace | None = workspace.load(DATA_DIR)
except Missing:  # `makemigrations`, type checks and the like need no workspace
    WORKSPACE = None

if WORKSPACE is not None:
    clock.use(WORKSPACE.clock_file if WORKSPACE.kind == "exercise" else None)
    codes.overlay(DATA_DIR / "conf" / "codes")
if environment.text("ANLAN_NODE"):
    ids.use_node(environment.number("ANLAN_NODE"))

DEBUG = environment.flag("ANLAN_DEBUG")
# Django signs nothing of ours with it; our own secrets derive from the workspace's master key.
SECRET_KEY = WORKSPACE.secret().hex() if WORKSPACE is not None else "no-workspace"
ALLOWED_HOSTS = ["*"]  # the door checks origins; a county server is reached by name, address, proxy
ROOT_URLCONF = "anlan.project.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

INSTALLED_APPS = [
    "anlan.base.vault",
    "anlan.base.journal",
    "anlan.base.outbox",
    "anlan.base.jobs",
    "anlan.base.regions",
    "anlan.base.permissions",
    "anlan.base.register",
    "anlan.base.files",
    "anlan.base.cases",
    "anlan.base.basemap",
    "anlan.base.people",
    "anlan.base.places",
    "anlan.base.households",
    "anlan.base.obligations",
    "anlan.base.forms",
    "anlan.comms",
    "anlan.resources",
    "anlan.sense",
    "anlan.forecast",
    "anlan.plans",
    "anlan.warn",
    "anlan.respond.duty",
    "anlan.respond.incidents",
    "anlan.respond.responses",
    "anlan.respond.evacuation",
    "anlan.respond.papers",
    "anlan.respond.casebook",
    "anlan.relief",
    "anlan.learn",
    "anlan.govern.atlas",
    "anlan.govern.wall",
    "anlan.govern.welcome",
    "anlan.gateways.sources",
    "anlan.web",
    "anlan.demo",
    "anlan.project.exercises",
]

MIDDLEWARE: list[str] = ["anlan.base.door.middleware.door"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "anlan" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]


#: How PostgreSQL is to reckon, for every connection of ours. A page out of turn costs hardly more
#: than the next one: what is hot is in memory, what is not lies on flash. By the server's own
#: figure of 4 it reads a whole table for five hundred keys. Compiling pays for no query we ask.
_PLANNING = ("random_page_cost=1.1", "work_mem=16MB", "jit=off")


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise Invalid("DATABASE_URL 应为 postgres://用户:口令@主机:端口/库")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": " ".join(f"-c {one}" for one in _PLANNING)},
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "anlan.base.db.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10},
        "TEST": {"NAME": ":memory:"},  # said aloud: pytest-xdist names any other per worker
    }


# An exercise has a database of its own, even where the environment names its source's.
_own = WORKSPACE is not None and WORKSPACE.kind == "exercise"
_url = "" if _own else environment.text("DATABASE_URL")
DATABASES = {"default": _postgres(_url) if _url else _sqlite(DATA_DIR / "records.sqlite3")}
LOGGING_CONFIG = None

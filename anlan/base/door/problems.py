"""The one place where errors become answers: problem+json, in the asker's language.

A refusal never tells whether the thing exists; an unexpected error tells nothing but its number,
which the log has too.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja.errors import HttpError, ValidationError

from anlan.base.door.phrases import said
from anlan.base.door.validation import sentences
from anlan.base.permissions.errors import Locked, Unauthenticated
from anlan.kernel.errors import AnlanError, Conflict, Forbidden, Invalid, Missing, Unavailable

log = structlog.get_logger("anlan.door")

CONTENT_TYPE = "application/problem+json; charset=utf-8"

#: code -> title, and the sentence that says what to do when the error brings none.
TITLES: Mapping[str, tuple[str, str]] = {
    "invalid": ("填写有误", "请按提示改正后重试。"),
    "forbidden": ("没有权限", "您没有这项权限，或该地区不在您的管辖范围内。"),
    "missing": ("没有找到", "没有这一项，或者您无权查看。"),
    "conflict": ("状态已变化", "内容已被别人改动，请刷新后重试。"),
    "unavailable": ("暂时不可用", "请稍后重试；仍不行时请联系系统管理员。"),
    "unauthenticated": ("未登录", "请先登录。"),
    "totp-required": ("需要动态口令", "请输入动态口令应用上的六位数字。"),
    "locked": ("已锁定", "请稍后再试，或请安全管理员解锁。"),
    "too-large": ("内容太大", "请分批上传，或缩小文件。"),
    "unreadable": ("报文有误", "请按指出的元素改正后重发。"),
    "malformed": ("内容无法读取", "请核对内容类型和格式。"),
    "unsupported-type": ("不支持这种内容类型", "请核对接口文档。"),
    "method": ("不支持这种操作", "请核对接口文档。"),
    "error": ("服务器内部错误", "已记录，请把请求编号告诉系统管理员。"),
}

_BY_STATUS = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "missing",
    405: "method",
    409: "conflict",
    413: "too-large",
    415: "unsupported-type",
    422: "invalid",
    429: "locked",
    503: "unavailable",
}


def problem(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Answer an error."""
    known = _known(error)
    if isinstance(known, ValidationError):
        fields = sentences(known.errors, _language(request))
        return answer(request, 422, "invalid", errors=fields)
    if isinstance(known, HttpError):
        code = _BY_STATUS.get(known.status_code, "error")
        return answer(request, known.status_code, code)
    if isinstance(known, AnlanError):
        return _expected(request, known)
    if isinstance(known, _Plain):
        return answer(request, known.status, known.code)
    log.error("request failed", path=request.path, id=_id(request), exc_info=error)
    return answer(request, 500, "error")


class _Plain(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


#: Errors of libraries, and what they are to the asker.
_FOREIGN: tuple[tuple[tuple[type[BaseException], ...], Callable[[], BaseException]], ...] = (
    ((Http404,), Missing),
    ((PermissionDenied,), Forbidden),
    ((RequestDataTooBig, TooManyFieldsSent), lambda: _Plain(413, "too-large")),
    ((SuspiciousOperation, UnreadablePostError), lambda: _Plain(400, "invalid")),
    ((IntegrityError,), Conflict),
    ((DataError, OverflowError), lambda: Invalid("有数值超出范围")),
    (
        (OperationalError, InterfaceError),
        lambda: Unavailable("数据库暂时不可用，请稍后重试。"),
    ),
)


def _known(error: BaseException) -> BaseException:
    """Bring errors of libraries to ours; what stays foreign is unexpected."""
    if isinstance(error, HttpError) and isinstance(error.__cause__, AnlanError):
        return error.__cause__  # what our reader said of a body
    if isinstance(error, DatabaseError):
        log.error("database", exc_info=error)
    for kinds, ours in _FOREIGN:
        if isinstance(error, kinds):
            return ours()
    return error


def _expected(request: HttpRequest, error: AnlanError) -> HttpResponse:
    language = _language(request)
    fields: Mapping[str, Sequence[str]] = {}
    if isinstance(error, Invalid):
        fields = {name: [said(text, language) for text in texts]
                  for name, texts in error.errors.items()}  # fmt: skip
    response = answer(request, error.status, error.code, detail=error.detail, errors=fields)
    if isinstance(error, Locked):
        response["Retry-After"] = str(error.wait_s)
    elif isinstance(error, Unavailable):
        response["Retry-After"] = "5"
    elif isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response


def answer(
    request: HttpRequest,
    status: int,
    code: str,
    *,
    detail: str = "",
    errors: Mapping[str, Sequence[str]] | None = None,
) -> HttpResponse:
    """Write a problem."""
    title, advice = TITLES.get(code, TITLES["error"])
    language = _language(request)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": said(title, language),
        "status": status,
        "detail": said(detail or advice, language),
        "code": code,
        "errors": errors or {},
    }
    if status >= 500:
        body["request_id"] = _id(request)
    return HttpResponse(orjson.dumps(body), status=status, content_type=CONTENT_TYPE)


def _language(request: HttpRequest) -> str:
    return getattr(request, "language", "zh")


def _id(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer outside the API (Django's handler400)."""
    return problem(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer outside the API (Django's handler403)."""
    return problem(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer outside the API (Django's handler404)."""
    return problem(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer outside the API (Django's handler500); Django has logged the cause."""
    return answer(request, 500, "error")

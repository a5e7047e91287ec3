"""Page of the HTTP interface, from the OpenAPI description the product itself serves."""

from collections import defaultdict
from typing import Any

from anlan.project.docs.markdown import Page, cell, code, page, table

#: Titles of the groups that are named in English.
GROUPS = {
    "session": "会话",
    "users": "账号",
    "roles": "授权与代理",
    "tokens": "令牌",
    "regions": "区划",
    "journal": "留痕",
    "stuck": "卡住的事",
}
METHODS = ("get", "post", "put", "patch", "delete")

Schema = dict[str, Any]


def interface() -> Page:
    """List every address with what it takes."""
    from anlan.project.urls import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[list[str]]] = defaultdict(list)
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                one = methods[method]
                group = (one.get("tags") or ["其余"])[0]
                groups[GROUPS.get(group, group)].append(_row(schema, path, method, one))
    return page(
        "HTTP 接口",
        "请求带 `Authorization: Bearer 令牌`，或浏览器会话（写操作另带 `X-CSRF-Token`）。"
        "令牌由 `anlan token create` 或「我的」页面建立。时间是带时差的 RFC 3339。"
        "错误是 `application/problem+json`：`title`、`detail` 用请求的语言，`errors` 按字段列出。",
        "运行中的系统在 `/api/docs` 有可以试的页面，在 `/api/v1/openapi.json` 有完整的 OpenAPI "
        "描述；正式工作区默认关闭，打开的办法见[参考](index.md)。",
        "辖区以外的读取答 404，不说是否存在；没有权限的写入答 403。",
        *(part for group, rows in groups.items() for part in (f"## {group}", _table(rows))),
    )


def _table(rows: list[list[str]]) -> str:
    return table(("方法", "地址", "作用", "参数", "内容"), rows)


def _row(schema: Schema, path: str, method: str, one: Schema) -> list[str]:
    asked = [param["name"] for param in one.get("parameters", ()) if param.get("in") == "query"]
    said = one.get("summary") or (one.get("description") or "").splitlines()[0]
    return [
        method.upper(),
        code(path),
        cell(said),
        " ".join(code(name) for name in asked) or cell(None),
        _body(schema, one),
    ]


def _body(schema: Schema, one: Schema) -> str:
    content = one.get("requestBody", {}).get("content", {})
    for kind, told in content.items():
        inner = _resolved(schema, told.get("schema", {}))
        names = " ".join(code(name) for name in inner.get("properties", {}))
        return f"{'文件 ' if kind.startswith('multipart') else ''}{names}".strip() or "JSON"
    return cell(None)


def _resolved(schema: Schema, inner: Schema) -> Schema:
    while "$ref" in inner:
        inner = schema["components"]["schemas"][inner["$ref"].rpartition("/")[2]]
    return inner

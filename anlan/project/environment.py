"""Everything the environment may set, in one table (`anlan doctor --env` prints it)."""

import os
from dataclasses import dataclass

from anlan.kernel.errors import Invalid


@dataclass(frozen=True)
class Variable:
    """One environment variable: its default and what it does."""

    name: str
    default: str
    meaning: str
    secret: bool = False


VARIABLES = (
    Variable("ANLAN_DATA", "var/demo", "工作区目录，一切需要保存的内容都在里面"),
    Variable("ANLAN_PORT", "8000", "网页端口"),
    Variable("ANLAN_HOST", "127.0.0.1", "网页监听地址"),
    Variable("ANLAN_MQTT_PORT", "1883", "设备上报 MQTT 端口；0 关闭"),
    Variable("ANLAN_MQTTS_PORT", "8883", "设备上报 MQTT（TLS）端口；没有证书时不开，0 关闭"),
    Variable("DATABASE_URL", "", "postgres://用户:口令@主机:端口/库；空为内置 SQLite", secret=True),
    Variable("TELEMETRY_URL", "", "观测数据库；空为内置分段存储（接入模块使用）", secret=True),
    Variable(
        "STREAM_URL",
        "",
        "观测流，如 nats://主机:4222/名称?replicas=3，要同时设 TELEMETRY_URL；空为进程内的",
        secret=True,
    ),
    Variable("ANLAN_TLS_CERT", "", "HTTPS 证书文件"),
    Variable("ANLAN_TLS_KEY", "", "HTTPS 私钥文件"),
    Variable("ANLAN_SECRET_FILE", "", "主密钥文件；空为工作区目录下的 secret"),
    Variable("ANLAN_NODE", "", "本节点编号 0-65535，多节点部署时各不相同；空为随机"),
    Variable("ANLAN_DEBUG", "False", "开发时显示错误细节；只认 True 或 False"),
    Variable("ANLAN_LOG_LEVEL", "INFO", "日志级别"),
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}


def text(name: str) -> str:
    """Read a variable; its default when unset."""
    return os.environ.get(name, _BY_NAME[name].default)


def flag(name: str) -> bool:
    """Read a variable that is True or False; anything else stops the start."""
    value = text(name)
    if value not in ("True", "False"):
        raise Invalid(f"环境变量 {name} 只能是 True 或 False，现在是「{value}」")
    return value == "True"


def number(name: str) -> int:
    """Read a whole number; anything else stops the start."""
    try:
        return int(text(name))
    except ValueError:
        raise Invalid(f"环境变量 {name} 应为整数，现在是「{text(name)}」") from None

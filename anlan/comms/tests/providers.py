"""Channel files of providers that do not exist."""

from anlan.comms.tests.conftest import Home

SMS = """
title = "移动短信"
enabled = true
[request]
url = "{address}/send"
json = {{ phone = "{{number}}", text = "{{text}}", uid = "{{key}}", pwd = "{{password}}" }}
[secrets]
password = "file:sms"
[answer]
ok = {{ path = "code", is = [0] }}
dead = {{ path = "code", is = [10] }}
message = "msg"
ticket = "id"
[pace]
lines = 4
timeout = "2s"
retry = ["10s", "30s", "60s"]
give_up = "10min"
{more}
"""


def set_up(home: Home, address: str, more: str = "", key: str = "mas", text: str = SMS) -> None:
    home.secret("sms", "sesame-open")
    home.settings('[comms]\nlink_base = "https://yj.example"\n')
    home.channel(key, text.format(address=address, more=more))

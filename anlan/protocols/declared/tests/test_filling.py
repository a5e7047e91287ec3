"""Signatures of two providers, against the worked examples in their own manuals."""

from datetime import UTC, datetime
from typing import Any

import pytest

from anlan.protocols.declared.filling import fill, is_signed_inside, sign_request, signature_of
from anlan.protocols.declared.requests import ALWAYS, Request, Sign, read_request, read_sign
from anlan.protocols.declared.taking import Table

MOMENT = {"time_format": "iso", "time_zone": UTC}


def _read(fields: dict[str, Any]) -> tuple[Request, Sign | None, list[Any]]:
    slips: list[Any] = []
    top = Table(fields, (), slips)
    known = ALWAYS | {"number", "text", "username"}
    request = read_request(top, "request", known=known | {"signature"})
    return request, read_sign(top, known=known, word="CHANNEL", request=request), slips


def test_sorted_parameters_are_signed_as_aliyun_documents() -> None:
    # help.aliyun.com, "RPC 签名机制": AccessKeyId testid, AccessKeySecret testsecret.
    request, sign, slips = _read(
        {
            "request": {
                "url": "http://ecs.aliyuncs.com/",
                "query": {
                    "Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid",
                    "Action": "DescribeRegions", "SignatureMethod": "HMAC-SHA1",
                    "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
                    "Version": "2014-05-26", "SignatureVersion": "1.0",
                },
            },
            "sign": {
                "algorithm": "hmac-sha1", "encoding": "base64", "secret": "file:key",
                "derive": ["{secret}&"], "text": "{method}&%2F&{params_encoded|url}",
                "query": {"Signature": "{signature}"},
            },
        }
    )  # fmt: skip
    assert not slips
    assert sign is not None
    made = fill(request, MOMENT)
    sign_request(made, sign, "testsecret", MOMENT)
    assert dict(made.query)["Signature"] == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
    assert "Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D" in made.url


def test_derived_keys_and_a_digested_request_are_signed_as_tencent_documents() -> None:
    # cloud.tencent.com/document/api/213/30654, "签名方法 v3", the worked example.
    body = (
        '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    request, sign, slips = _read(
        {
            "request": {
                "url": "https://cvm.tencentcloudapi.com/",
                "body": body.replace("{", "{{").replace("}", "}}"),
                "headers": {"Content-Type": "application/json; charset=utf-8"},
            },
            "sign": {
                "algorithm": "hmac-sha256", "secret": "file:key",
                "derive": ["TC3{secret}", "{now:%Y-%m-%d}", "cvm", "tc3_request"],
                "canonical": "{method}\n{path}\n\ncontent-type:application/json; charset=utf-8\n"
                "host:{host}\n\ncontent-type;host\n{body|sha256}",
                "text": "TC3-HMAC-SHA256\n{timestamp}\n{now:%Y-%m-%d}/cvm/tc3_request\n"
                "{canonical|sha256}",
                "headers": {"Authorization": "Signature={signature}"},
            },
        }
    )  # fmt: skip
    assert not slips
    assert sign is not None
    told = {**MOMENT, "now": datetime.fromtimestamp(1551113065, UTC), "timestamp": 1551113065}
    made = fill(request, told)
    sign_request(made, sign, "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", told)
    assert made.headers["Authorization"] == (
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_a_signature_inside_the_request_is_made_before_it() -> None:
    request, sign, slips = _read(
        {
            "request": {
                "url": "http://sms.example/send",
                "form": {"account": "{username}", "sign": "{signature}", "ts": "{timestamp}"},
            },
            "sign": {
                "algorithm": "md5", "secret": "file:key", "text": "{username}{secret}{timestamp}",
            },
        }
    )  # fmt: skip
    assert not slips
    assert sign is not None
    assert is_signed_inside(request)
    told = {**MOMENT, "username": "yjgl", "timestamp": 1}
    signature = signature_of(sign, "sesame", told)
    assert signature == "7eaf84603e605f0825a2076709c976ae"  # md5 of yjglsesame1
    made = fill(request, {**told, "signature": signature})
    assert made.body == f"account=yjgl&sign={signature}&ts=1".encode()


@pytest.mark.parametrize(
    ("sign", "told"),
    [
        ({"text": "{body}{secret}"}, "不认识 {body}"),
        ({"text": "{username}"}, "text 中应有 {secret}"),
        ({"text": "{secret}", "secret": "sesame"}, "不写密码本身"),
        ({"text": "{secret}", "secret": "env:SOURCE_KEY"}, "CHANNEL_"),
    ],
)
def test_what_cannot_be_signed_is_refused(sign: dict[str, Any], told: str) -> None:
    _, _, slips = _read(
        {
            "request": {"url": "http://sms.example/", "form": {"sign": "{signature}"}},
            "sign": {"algorithm": "md5", "secret": "file:key", **sign},
        }
    )
    assert any(told in why for _, why in slips)

"""A password appears nowhere, however its URL is written."""

from __future__ import annotations

import pytest

from pssglass.base.secrets import masked, masked_url

SECRET = "S3cr3t"
URLS = [
    "postgresql://me:S3cr3t@host:abc/db",
    "postgresql://me:S3cr3t@host/db?sslmode=require",
    "postgresql+psycopg://me:S3cr3t@[::1]:5432/db",
    "postgresql://me:a@S3cr3t@host/db",
    "postgresql://me:a/S3cr3t@host/db",
    "postgresql://me@host/db?password=S3cr3t&bogus=1",
    "postgresql://me@host/db?bogus=1&sslpassword=S3cr3t",
    "postgresql:///db?host=/run&PASSWORD=S3cr3t",
    "postgresql://me:S3cr3t",
    "postgresql://me:S3cr3t%40host/db",
    "postgresql://me:1S3cr3t/db",
    "postgresql:/me:S3cr3t@host/db",
    "postgresql:me:S3cr3t@host/db",
    "postgresql//me:S3cr3t@host/db",
    "postgresql://me%3AS3cr3t@host/db",
    "postgresql://me%3aS3cr3t",
    "postgresql://me@host/db?options=-cpassword%3DS3cr3t",
    "postgresql://me@host/db?options=-c%20a=b%20-cpassword%253DS3cr3t",
    "postgresql://me@host/db?p%61ssword=S3cr3t",
    "postgresql://me@host/db?sslmode=require&pasword=S3cr3t",
]


@pytest.mark.parametrize("url", URLS)
def test_a_password_is_masked(url: str) -> None:
    for text in (masked_url(url), masked(url), masked(f"cannot open '{url}' (why?); check {url}, and more")):
        assert SECRET not in text
        assert "***" in text
        assert "me" in text or "/run" in text


def test_one_with_blanks_is_masked_where_the_text_is_its_url() -> None:
    assert masked_url("postgresql://me:my S3cr3t@host/db") == "postgresql://me:***@host/db"


@pytest.mark.parametrize(
    "text",
    ["me:S3cr3t@host/db", "me:S3cr3t/@host", r"host=me password='a\' S3cr3t' dbname=g", "me PASSWD = S3cr3t"],
)
def test_what_is_given_for_a_url_is_masked_too(text: str) -> None:
    assert SECRET not in masked_url(text)
    assert "me" in masked_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "tcp://10.0.0.1:4000",
        "write it as tcp://HOST:PORT, or tls://HOST:PORT",
        "cannot reach 'tcp://node:4000'; give tls://[::1]:4000, or tcp://other:1.",
        "postgresql://host:5432/db?sslmode=require&options=-c%20work_mem=8MB&sslcert=me.crt",
        "postgresql://me@host:5432/db",
        "/data/a:b@c.db",
        "password authentication failed",
    ],
)
def test_what_holds_none_stays(text: str) -> None:
    assert masked(text) == masked_url(text) == text

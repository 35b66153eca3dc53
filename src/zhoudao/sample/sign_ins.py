"""Who can sign in to the sample city, with passwords and second factors, as its staff.csv says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings

from zhoudao.core import city
from zhoudao.sample import tables
from zhoudao.sample.loaded import is_loaded, loaded_folder
from zhoudao.sample.manifest import BadSample


@dataclass(frozen=True)
class SignIn:
    user: str
    role: str
    districts: list[str]
    password: str
    second_factor_secret: str
    """Base32 (RFC 4648); empty for residents and agents, who sign in without."""
    otpauth_url: str
    """What an authenticator app reads; empty without a second factor."""


def sign_ins() -> list[SignIn]:
    """Everyone in the sample that was loaded last. Raises BadSample where no sample runs."""
    if not settings.SAMPLE_CITY:
        raise BadSample("this is no sample city (ZHOUDAO_SAMPLE=false), so there are no sample sign-ins")
    if not is_loaded():
        raise BadSample("no sample is loaded; make one with `zhoudao sample build`")
    return [
        SignIn(
            user=row["username"],
            role=row["role"],
            districts=row["districts"].split("|") if row["districts"] else [],
            password=row["password"],
            second_factor_secret=row["totp_secret"],
            otpauth_url=_otpauth_url(row["username"], row["totp_secret"]) if row["totp_secret"] else "",
        )
        for row in tables.read(loaded_folder() / "staff.csv")
    ]


def as_lines() -> Iterator[str]:
    """A table for a terminal; nothing where no sample runs."""
    try:
        rows = sign_ins()
    except BadSample as problem:
        yield str(problem)
        return
    wide = max(len(row.user) for row in rows)
    longest = max(len(row.password) for row in rows)
    yield f"{'user':{wide}}  {'password':{longest}}  second factor (for an authenticator app)"
    for row in rows:
        yield f"{row.user:{wide}}  {row.password:{longest}}  {row.second_factor_secret or '-'}"


def _otpauth_url(user: str, secret: str) -> str:
    """The key URI format of authenticator apps."""
    issuer = city.current().brand["en"]
    return f"otpauth://totp/{quote(issuer)}:{quote(user)}?" + urlencode({"secret": secret, "issuer": issuer})

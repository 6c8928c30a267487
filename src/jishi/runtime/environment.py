"""The one place that reads the process environment. Every variable is in VARIABLES, with its meaning."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jishi.runtime import cluster
from jishi.runtime.trouble import Trouble

_DEV_SECRET = "not-a-secret-set-JISHI_SECRET_KEY-in-production"
SECRET_FILE = "secret.key"
BODY_MAX_MIB = 32


@dataclass(frozen=True, slots=True)
class Variable:
    """One documented variable. `shown_default` is what the table says when the default depends on the machine."""

    name: str
    default: str
    zh: str
    en: str
    shown_default: str = ""


VARIABLES = (
    Variable("JISHI_HOME", ".data", "数据目录：图片、静态文件、内置数据库", "where data lives: pictures, static files, embedded database"),
    Variable("DATABASE_URL", "", "PostgreSQL 地址；不填则使用内置 PostgreSQL", "PostgreSQL address; empty means the embedded server", "embedded"),
    Variable("JISHI_HOST", "127.0.0.1", "监听的网络地址；容器里用 0.0.0.0", "address to listen on; 0.0.0.0 in a container"),
    Variable("JISHI_PORT", "8000", "网站端口；收银台沙盒使用下一个空闲端口", "port of the site; the sandbox cashier takes the next free one"),
    Variable("JISHI_BASE_URL", "", "对外网址，用于链接、海报和回调", "public address, for links, posters and callbacks", "http://127.0.0.1:JISHI_PORT"),
    Variable("JISHI_SANDBOX_URL", "", "收银台沙盒的网址", "address of the sandbox cashier", "http://127.0.0.1:JISHI_PORT+1"),
    Variable("JISHI_SECRET_KEY", "", "签名密钥；不填则生成一份存于数据目录", "signing key; empty means one made and kept in JISHI_HOME", "generated"),
    Variable("JISHI_ALLOWED_HOSTS", "*", "允许的域名，逗号分隔", "host names to answer to, comma separated"),
    Variable("JISHI_TRUSTED_ORIGINS", "", "允许提交表单的来源，逗号分隔", "origins whose forms are accepted, comma separated"),
    Variable("JISHI_TRUSTED_PROXIES", "127.0.0.1", "可信反向代理的地址，逗号分隔", "addresses of reverse proxies to believe, comma separated"),
    Variable("JISHI_CURRENCY", "CNY", "结算货币（ISO 4217）", "currency of the shop (ISO 4217)"),
    Variable("JISHI_TAX_MODE", "inclusive", "inclusive：标价含税；exclusive：税另加", "inclusive: prices contain tax; exclusive: tax is added"),
    Variable("JISHI_TAX_RATE", "0", "税率，万分数（1300 即 13%）", "tax rate in basis points (1300 is 13 %)"),
    Variable("JISHI_TAX_ROUNDING", "line", "税的舍入：line 每行、unit 每件、total 合计", "rounding of tax: line, unit or total"),
    Variable("JISHI_DEBUG", "0", "1 为开发模式，切勿用于生产", "1 for development; never in production"),
    Variable("JISHI_DEMO", "0", "1 为演示模式：验证码和邮件显示在页面里", "1 for the demo: codes and mails are shown in the app"),
    Variable("JISHI_SMTP_URL", "", "发邮件的服务器，如 smtp://user:password@host:587；不填则邮件写进日志", "mail server, such as smtp://user:password@host:587; empty means mails go to the log", "log"),
    Variable("JISHI_MAIL_FROM", "shop@localhost", "发件人", "sender of mails"),
    Variable("JISHI_SOCIAL_PROVIDERS", "", "第三方登录：JSON，如 {\"github\": {\"APPS\": [{\"client_id\": …, \"secret\": …}]}}", "log-in by other services: JSON such as {\"github\": {\"APPS\": [{\"client_id\": …, \"secret\": …}]}}", "none"),
    Variable("JISHI_STRIPE", "", "Stripe 账户：JSON，见 docs/guides/payments.md；不填则不出现", "Stripe account: JSON, see docs/guides/payments.md; not offered while empty", "off"),
    Variable("JISHI_WECHAT_PAY", "", "微信支付商户：JSON，见 docs/guides/payments.md；不填则不出现", "WeChat Pay merchant: JSON, see docs/guides/payments.md; not offered while empty", "off"),
    Variable("JISHI_ALIPAY", "", "支付宝应用：JSON，见 docs/guides/payments.md；不填则不出现", "Alipay application: JSON, see docs/guides/payments.md; not offered while empty", "off"),
    Variable("JISHI_S3", "", "对象存储（要装 jishi[s3]）：JSON，如 {\"bucket_name\": …, \"private_bucket_name\": …, \"endpoint_url\": …, \"access_key\": …, \"secret_key\": …}；不填则存在数据目录", "object storage (needs jishi[s3]): JSON such as {\"bucket_name\": …, \"private_bucket_name\": …, \"endpoint_url\": …, \"access_key\": …, \"secret_key\": …}; empty means the data folder", "off"),
    Variable("JISHI_PRIZE_VALUE_MAX", "50000", "抽奖单个奖品价值上限（结算货币的整数；中国法定上限为五万元）", "the most a single prize of a draw may be worth, in whole units of the currency (the legal cap in China)"),
    Variable("JISHI_RATE_FACTOR", "1", "接口限速的倍数", "factor on the API's rate limits"),
    Variable("JISHI_STAFF_MFA", "0", "1 要求员工用动态验证码登录运营台", "1 to ask all staff for a second factor in the console"),
    Variable("JISHI_WEB_WORKERS", "0", "网站进程数；0 为按核数（演示时 1）", "web processes; 0 means one per core (one in the demo)"),
    Variable("JISHI_WEB_THREADS", "8", "每个网站进程的线程数", "threads per web process"),
    Variable("JISHI_WORKER_CONCURRENCY", "4", "后台同时处理的任务数", "jobs a worker runs at a time"),
    Variable("JISHI_BODY_MAX_MIB", str(BODY_MAX_MIB), "请求体上限（MiB）", "largest request body (MiB)"),
    Variable("JISHI_LOG_FORMAT", "json", "日志格式：json 或 console", "log format: json or console"),
    Variable("JISHI_LOG_LEVEL", "info", "日志级别：debug、info、warning、error", "log level: debug, info, warning, error"),
    Variable("OTEL_EXPORTER_OTLP_ENDPOINT", "", "OpenTelemetry 收集端；不填则关闭追踪", "OpenTelemetry collector; empty means no tracing", "off"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Environment:
    home: Path
    database_url: str
    uses_embedded_database: bool
    host: str
    port: int
    base_url: str
    sandbox_url: str
    secret_key: str
    allowed_hosts: list[str]
    trusted_origins: list[str]
    trusted_proxies: list[str]
    currency: str
    is_tax_inclusive: bool
    tax_rate: int
    tax_rounding: str
    debug: bool
    demo: bool
    rate_factor: int
    prize_value_max_minor: int
    social_providers: dict[str, Any]
    s3: dict[str, str]
    payment_accounts: dict[str, dict[str, str]]
    smtp_url: str
    mail_from: str
    staff_mfa: bool
    web_workers: int
    web_threads: int
    worker_concurrency: int
    body_max_bytes: int
    log_format: str
    log_level: str
    otlp_endpoint: str

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def sandbox_secret(self) -> str:
        """What shop and sandbox cashier sign with; both can derive it from the signing key."""
        return hashlib.sha256(f"sandbox:{self.secret_key}".encode()).hexdigest()

    def mail(self) -> dict[str, Any]:
        """Django's mail settings; `smtps` is TLS from the start, `smtp` turns to TLS except on this machine."""
        if not self.smtp_url:
            return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
        parts = urlsplit(self.smtp_url)
        is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        return {
            "EMAIL_HOST": parts.hostname,
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp" and not is_local,
            "EMAIL_TIMEOUT": 10,
        }

    def database(self) -> dict[str, Any]:
        """Django's connection settings."""
        parts = urlsplit(self.database_url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        host = query.pop("host", None) or parts.hostname or ""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": host,
            "PORT": str(parts.port or ("" if host.startswith("/") else 5432)),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 5, "options": "-c lock_timeout=3000", **query},
        }


@cache
def environment() -> Environment:
    """The environment of this process. Raises Trouble that names the variable and what it should look like."""
    return read_environment(os.environ)


def read_environment(source: Mapping[str, str]) -> Environment:
    defaults = {variable.name: variable.default for variable in VARIABLES}

    def text(name: str) -> str:
        return source.get(name, "").strip() or defaults[name]

    home = Path(text("JISHI_HOME")).expanduser().resolve()
    embedded_url = cluster.database_url(home)
    port = _number(text, "JISHI_PORT", low=1, high=65535)
    return Environment(
        home=home,
        database_url=_database_url(text("DATABASE_URL")) or embedded_url,
        uses_embedded_database=text("DATABASE_URL") in ("", embedded_url),
        host=text("JISHI_HOST"),
        port=port,
        base_url=_web_address(text, "JISHI_BASE_URL", f"http://127.0.0.1:{port}"),
        sandbox_url=_web_address(text, "JISHI_SANDBOX_URL", f"http://127.0.0.1:{port + 1}"),
        secret_key=text("JISHI_SECRET_KEY") or _kept_secret(home) or _DEV_SECRET,
        allowed_hosts=_names(text("JISHI_ALLOWED_HOSTS")),
        trusted_origins=_names(text("JISHI_TRUSTED_ORIGINS")),
        trusted_proxies=_names(text("JISHI_TRUSTED_PROXIES")),
        currency=_one_of(
            text, "JISHI_CURRENCY", lambda value: len(value) == 3 and value.isalpha(), "CNY"
        ).upper(),
        is_tax_inclusive=_choice(text, "JISHI_TAX_MODE", ("inclusive", "exclusive")) == "inclusive",
        tax_rate=_number(text, "JISHI_TAX_RATE", low=0, high=10_000),
        tax_rounding=_choice(text, "JISHI_TAX_ROUNDING", ("line", "unit", "total")),
        debug=_switch(text, "JISHI_DEBUG"),
        demo=_switch(text, "JISHI_DEMO"),
        smtp_url=_smtp_url(text("JISHI_SMTP_URL")),
        mail_from=text("JISHI_MAIL_FROM"),
        s3=_object_storage(text("JISHI_S3")),
        social_providers=_social_providers(text("JISHI_SOCIAL_PROVIDERS")),
        payment_accounts=_payment_accounts(text),
        rate_factor=_number(text, "JISHI_RATE_FACTOR", low=1, high=1_000_000),
        prize_value_max_minor=_number(text, "JISHI_PRIZE_VALUE_MAX", low=1, high=10**9) * 100,
        staff_mfa=_switch(text, "JISHI_STAFF_MFA"),
        web_workers=_number(text, "JISHI_WEB_WORKERS", low=0, high=256),
        web_threads=_number(text, "JISHI_WEB_THREADS", low=1, high=256),
        worker_concurrency=_number(text, "JISHI_WORKER_CONCURRENCY", low=1, high=256),
        body_max_bytes=_number(text, "JISHI_BODY_MAX_MIB", low=1, high=1024) * 1024 * 1024,
        log_format=_choice(text, "JISHI_LOG_FORMAT", ("json", "console")),
        log_level=_choice(text, "JISHI_LOG_LEVEL", ("debug", "info", "warning", "error")),
        otlp_endpoint=text("OTEL_EXPORTER_OTLP_ENDPOINT"),
    )


def settings_table() -> str:
    """The documented table, as docs/operating/settings.md shows it."""
    rows = [
        f"| `{v.name}` | {v.shown_default or v.default or '—'} | {v.zh} | {v.en} |".replace(
            "| * |", r"| \* |"
        )
        for v in VARIABLES
    ]
    return "\n".join(
        ["| 变量 variable | 默认 default | 含义 | meaning |", "| --- | --- | --- | --- |", *rows, ""]
    )


Text = Callable[[str], str]


def _wrong(name: str, value: str, wanted: str) -> Trouble:
    return Trouble(
        f"环境变量 {name}={value!r} 不对，应为：{wanted}",
        f"{name}={value!r} is not right; it should be: {wanted}",
    )


def _number(text: Text, name: str, *, low: int, high: int) -> int:
    value = text(name)
    if not value.isdecimal() or not low <= int(value) <= high:
        raise _wrong(name, value, f"{low}–{high}")
    return int(value)


def _switch(text: Text, name: str) -> bool:
    return _one_of(text, name, {"0", "1"}.__contains__, "0, 1") == "1"


def _choice(text: Callable[[str], str], name: str, choices: tuple[str, ...]) -> str:
    return _one_of(text, name, choices.__contains__, ", ".join(choices))


def _one_of(text: Text, name: str, is_right: Callable[[str], bool], wanted: str) -> str:
    value = text(name)
    if not is_right(value):
        raise _wrong(name, value, wanted)
    return value


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _web_address(text: Text, name: str, default: str) -> str:
    value = text(name).rstrip("/") or default
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise _wrong(name, value, "https://shop.example.com")
    return value


def _smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        raise _wrong("JISHI_SMTP_URL", f"{parts.scheme}://…", "smtp://user:password@host:587")
    return value


def _object_storage(value: str) -> dict[str, str]:
    """A bucket for everybody and another one that nobody reaches but through us. Raises Trouble."""
    if not value:
        return {}
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    needed = ("bucket_name", "private_bucket_name")
    if not isinstance(found, dict) or not all(
        isinstance(found.get(name), str) and found[name] for name in needed
    ):
        raise _wrong("JISHI_S3", "…", '{"bucket_name": "…", "private_bucket_name": "…", "endpoint_url": "…"}')
    if found["bucket_name"] == found["private_bucket_name"]:
        raise _wrong("JISHI_S3", "…", "two buckets: what is private must not lie where everybody reads")
    return {str(name): str(one) for name, one in found.items()}


def _social_providers(value: str) -> dict[str, Any]:
    """allauth's own form, by provider. Names become modules, so they are letters, digits and underscores."""
    try:
        found = json.loads(value) if value else {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(re.fullmatch(r"[a-z0-9_]+", name) for name in found):
        raise _wrong(
            "JISHI_SOCIAL_PROVIDERS", value[:40], '{"github": {"APPS": [{"client_id": "…", "secret": "…"}]}}'
        )
    return found


def _database_url(value: str) -> str:
    if value and (
        urlsplit(value).scheme not in ("postgres", "postgresql") or not urlsplit(value).path.strip("/")
    ):
        raise Trouble(
            "环境变量 DATABASE_URL 不对，应形如 postgresql://user:password@host:5432/name",
            "DATABASE_URL is not right; it should look like postgresql://user:password@host:5432/name",
        )
    return value


def _kept_secret(home: Path) -> str:
    path = home / SECRET_FILE
    try:
        return path.read_text().strip()
    except OSError:
        return ""


# name of a provider → its variable, what must be given, what may be
_ACCOUNTS = {
    "stripe": ("JISHI_STRIPE", ("secret_key", "webhook_secret"), ("base_url",)),
    "wechat": (
        "JISHI_WECHAT_PAY",
        ("app_id", "merchant_id", "api_key", "private_key", "certificate_serial"),
        ("public_key", "public_key_id", "kind", "base_url"),
    ),
    "alipay": ("JISHI_ALIPAY", ("app_id", "private_key", "alipay_public_key"), ("kind", "base_url")),
}
_KINDS = {"wechat": ("h5", "native", "jsapi"), "alipay": ("wap", "page")}


def _payment_accounts(text: Text) -> dict[str, dict[str, str]]:
    """What is agreed with payment providers; `NAME_file` in place of NAME reads a file, such as a key."""
    return {
        provider: _payment_account(provider, value)
        for provider, (variable, _must, _may) in _ACCOUNTS.items()
        if (value := text(variable))
    }


def _payment_account(provider: str, value: str) -> dict[str, str]:
    variable, must, may = _ACCOUNTS[provider]
    wanted = json.dumps({name: "…" for name in must})
    try:
        given = json.loads(value)
        account = {
            name.removesuffix("_file"): Path(told).read_text().strip()
            if name.endswith("_file")
            else str(told)
            for name, told in given.items()
        }
    except (ValueError, AttributeError, TypeError, OSError):
        raise _wrong(variable, "…", wanted) from None
    kinds = _KINDS.get(provider, ())
    is_right = set(must) <= set(account) <= {*must, *may} and account.get("kind", "") in ("", *kinds)
    if not is_right or ("public_key" in account) != ("public_key_id" in account):
        raise _wrong(variable, ", ".join(sorted(account)), wanted)
    return account

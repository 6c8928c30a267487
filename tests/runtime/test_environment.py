import json
import re
from pathlib import Path

import pytest

import jishi
from jishi.runtime.environment import VARIABLES, read_environment, settings_table
from jishi.runtime.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(jishi.__file__).parent


def test_defaults_are_enough() -> None:
    env = read_environment({})

    assert env.uses_embedded_database
    assert env.base_url == "http://127.0.0.1:8000"
    assert env.sandbox_url == "http://127.0.0.1:8001"
    assert (env.debug, env.demo, env.currency) == (False, False, "CNY")


def test_an_address_is_taken_apart_for_django() -> None:
    env = read_environment({"DATABASE_URL": "postgresql://a%40b:p%2Fw@db.example:6432/shop?sslmode=require"})

    settings = env.database()

    assert not env.uses_embedded_database
    assert (settings["USER"], settings["PASSWORD"], settings["NAME"]) == ("a@b", "p/w", "shop")
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "6432")
    assert settings["OPTIONS"]["sslmode"] == "require"


def test_a_socket_folder_is_a_host(tmp_path: Path) -> None:
    env = read_environment({"DATABASE_URL": f"postgresql://postgres@/jishi?host={tmp_path}"})

    assert (env.database()["HOST"], env.database()["PORT"]) == (str(tmp_path), "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JISHI_PORT", "eighty"),
        ("JISHI_PORT", "0"),
        ("JISHI_PORT", "65536"),
        ("JISHI_DEBUG", "yes"),
        ("JISHI_CURRENCY", "yuan"),
        ("JISHI_BASE_URL", "shop.example.com"),
        ("JISHI_LOG_FORMAT", "xml"),
        ("JISHI_WEB_THREADS", "-1"),
        ("DATABASE_URL", "mysql://localhost/shop"),
        ("DATABASE_URL", "postgresql://localhost"),
    ],
)
def test_a_wrong_value_is_refused_by_name_in_both_languages(name: str, value: str) -> None:
    with pytest.raises(Trouble) as caught:
        read_environment({name: value})

    assert name in caught.value.zh
    assert name in caught.value.en


def test_the_documented_table_is_the_one_the_code_prints() -> None:
    assert settings_table() in (ROOT / "docs" / "operating" / "settings.md").read_text()


def test_every_variable_that_the_code_reads_is_documented() -> None:
    known = {variable.name for variable in VARIABLES}
    internal = {"JISHI_PARENT_PID", "JISHI_SIM_SEEDS"}
    read = set()
    for path in SOURCE.rglob("*.py"):
        if "tests" not in path.parts:
            read |= set(re.findall(r"""environ(?:\.get\(|\[)\s*["'](\w+)["']""", path.read_text()))

    ours = {name for name in read if name.startswith("JISHI_") or name == "DATABASE_URL"}

    assert ours
    assert ours - known - internal == set()
    assert all(f"`{name}`" in settings_table() for name in known)


def test_the_mail_server_is_read_and_a_wrong_one_refused() -> None:
    env = read_environment({"JISHI_SMTP_URL": "smtps://a%40b:p@mail.example"})
    found = env.mail()
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_USER"]) == (
        "mail.example",
        465,
        "a@b",
    )
    assert found["EMAIL_USE_SSL"] and not found["EMAIL_USE_TLS"]
    with pytest.raises(Trouble):
        read_environment({"JISHI_SMTP_URL": "http://mail.example"})


def test_social_providers_are_named_like_modules() -> None:
    env = read_environment({"JISHI_SOCIAL_PROVIDERS": '{"github": {"APPS": []}}'})
    assert env.social_providers == {"github": {"APPS": []}}
    for wrong in ("nonsense", "[]", '{"os; drop": {}}'):
        with pytest.raises(Trouble):
            read_environment({"JISHI_SOCIAL_PROVIDERS": wrong})


def test_a_provider_is_there_when_it_is_configured_and_keys_may_be_files(tmp_path: Path) -> None:
    key = tmp_path / "app.pem"
    key.write_text("-----KEY-----\n")
    env = read_environment(
        {
            "JISHI_STRIPE": '{"secret_key": "sk", "webhook_secret": "whsec"}',
            "JISHI_ALIPAY": json.dumps(
                {"app_id": "2021", "private_key_file": str(key), "alipay_public_key": "x", "kind": "page"}
            ),
        }
    )

    assert read_environment({}).payment_accounts == {}
    assert set(env.payment_accounts) == {"stripe", "alipay"}
    assert env.payment_accounts["alipay"]["private_key"] == "-----KEY-----"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JISHI_STRIPE", "not json"),
        ("JISHI_STRIPE", '{"secret_key": "sk"}'),
        ("JISHI_STRIPE", '{"secret_key": "sk", "webhook_secret": "w", "colour": "red"}'),
        ("JISHI_ALIPAY", '{"app_id": "1", "private_key_file": "/no/such/file", "alipay_public_key": "x"}'),
        ("JISHI_ALIPAY", '{"app_id": "1", "private_key": "k", "alipay_public_key": "x", "kind": "h5"}'),
        ("JISHI_WECHAT_PAY", "[]"),
    ],
)
def test_a_half_configured_provider_stops_the_start_and_keeps_its_secrets(name: str, value: str) -> None:
    with pytest.raises(Trouble) as stopped:
        read_environment({name: value})

    assert name in str(stopped.value)
    assert '"sk"' not in str(stopped.value)

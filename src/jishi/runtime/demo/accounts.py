"""The log-ins that the demo prints; kept beside its data so that a second start can print them too."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "demo-accounts.json"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """`login` is a phone number or an e-mail address; `secret` a password or the code to enter."""

    role_zh: str
    role_en: str
    login: str
    secret: str


def keep_accounts(home: Path, accounts: Iterable[DemoAccount]) -> None:
    rows = [asdict(account) for account in accounts]
    (home / FILE).write_text(json.dumps(rows, ensure_ascii=False, indent=1))


def kept_accounts(home: Path) -> list[DemoAccount]:
    try:
        return [DemoAccount(**row) for row in json.loads((home / FILE).read_text())]
    except OSError:
        return []

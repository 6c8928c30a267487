"""The finance desk's routes for test_routes.py: operation, path, who may, body, other answers."""

from typing import Any

LEDGER = frozenset({"owner", "finance"})
REPORTERS = frozenset({"owner", "operator", "finance", "read_only"})

FINANCE: tuple[tuple[Any, ...], ...] = (
    # the finance desk
    ("list_differences", "/ledger/differences", LEDGER),
    ("get_difference", "/ledger/differences/{difference}", LEDGER),
    ("explain_one_difference", "/ledger/differences/{difference}/explain", LEDGER, {"note": "x"}),
    ("ask_about_difference", "/ledger/differences/{difference}/ask", LEDGER),
    (
        "correct_difference",
        "/ledger/differences/{difference}/correct",
        LEDGER,
        {"note": "x"},
        (409,),  # nothing is missing here
    ),
    ("import_statement", "/ledger/statements", LEDGER, {"provider": "fake", "day": "2026-06-01"}),
    (
        "create_entry",
        "/ledger/entries",
        LEDGER,
        {"debit": "bank", "credit": "owner_capital", "amount_minor": 5, "reason": "x"},
    ),
    ("list_closes", "/ledger/closes", LEDGER),
    ("get_day", "/ledger/days/2026-06-01", LEDGER),
    ("close_one_day", "/ledger/days/2026-06-01/close", LEDGER),
    ("list_budgets", "/ledger/budgets", REPORTERS),
    ("get_limits", "/ledger/limits", LEDGER),
    ("replace_limits", "/ledger/limits", LEDGER, {"refund_limit_minor": 50_000}),
    # approvals
    ("list_approvals", "/approvals", REPORTERS),
    ("get_approval", "/approvals/{approval}", REPORTERS),
    ("approve_approval", "/approvals/{approval}/approve", LEDGER, {}),
    ("refuse_approval", "/approvals/{approval}/refuse", LEDGER, {}),
    ("withdraw_approval", "/approvals/{own_approval}/withdraw", frozenset({"finance"}), {}),
)

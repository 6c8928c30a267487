"""Refusals of the wallet."""

from jishi.kernel.errors import Kind, Refusal


class WalletTooSmall(Refusal):
    """`missing_minor` is what lacks."""

    kind = Kind.CONFLICT
    code = "wallet_too_small"
    message = "钱包余额不够，还差 {missing}。"

"""What keeps the shop from starting, in words for the person at the keyboard. Anything else is a bug."""


class Trouble(Exception):
    """Says in Chinese and in English what is wrong and how to mend it; `detail` is what a tool said."""

    def __init__(self, zh: str, en: str, *, detail: str = "") -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.detail = detail

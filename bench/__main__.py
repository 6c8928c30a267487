"""`make bench` runs all, `make bench ONLY=claims` one. The last line of each is one JSON object."""

import importlib
import sys

NAMES = (
    "claims",
    "claims_stored",
    "pipeline",
    "teams",
    "pages",
    "checkout",
    "prices",
    "guard",
    "loyalty",
    "feed",
    "notes",
    "start",
)


def main() -> int:
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"没有这项测量 · no such measurement: {unknown[0]} ({', '.join(NAMES)})", file=sys.stderr)
        return 2
    for name in wanted:
        print(f"== {name}", flush=True)
        importlib.import_module(f"bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m jishi` is the command `jishi`."""

from jishi.runtime.cli import main

raise SystemExit(main())

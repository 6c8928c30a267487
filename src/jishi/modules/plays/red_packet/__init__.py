"""Red packets 红包."""

"""The life that every play has in common."""

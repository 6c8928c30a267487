"""The demo shop's shelves, one file per aisle."""

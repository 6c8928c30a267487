"""Reads of the catalogue: each returns frozen views and says how many statements it costs."""

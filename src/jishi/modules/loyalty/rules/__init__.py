"""Decisions of loyalty, without a database."""

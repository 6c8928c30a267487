"""Verbs of loyalty."""

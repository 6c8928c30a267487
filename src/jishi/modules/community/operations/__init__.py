"""Verbs of communities."""

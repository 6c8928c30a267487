"""Verbs of red packets."""

"""Verbs of lucky draws."""

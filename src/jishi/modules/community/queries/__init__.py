"""Reads of communities."""

"""Reads of group buying."""

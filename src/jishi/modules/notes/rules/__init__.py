"""Decisions of notes."""

"""Reads of notes."""

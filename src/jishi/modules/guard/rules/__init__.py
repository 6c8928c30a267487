"""Decisions about content, from values alone (docs/algorithms/moderation.md)."""

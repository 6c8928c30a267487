"""Decisions about prices, from values alone (docs/algorithms/prices.md)."""

"""Callbacks coming in from providers."""

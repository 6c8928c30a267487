"""Reads of campaigns and of the calendar of festivals."""

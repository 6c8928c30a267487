"""Campaigns 活动."""

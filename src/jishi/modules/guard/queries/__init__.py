"""Reading of moderation."""

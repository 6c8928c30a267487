"""Django-aware plumbing that knows no room: facts, inbox, once, history, locks, rush, files."""

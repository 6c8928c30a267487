"""Use cases that cross rooms: doors called in order inside one transaction. Flows own no tables and hold no rules."""

"""What runs: settings, front door, worker, command line, embedded services, wiring."""

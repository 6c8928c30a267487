"""The hot lane's HTTP: claims on pools, answered on the event loop."""

"""The service on one machine: real processes, real kills."""

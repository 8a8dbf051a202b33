"""The service: rows, rules, pages, API, and the whole of it running."""

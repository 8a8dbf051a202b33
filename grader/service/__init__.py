"""The web side: rows, access rules, pages and the HTTP API. Loads no torch, no sandbox and no worker."""

"""Words for findings, and who may see what."""

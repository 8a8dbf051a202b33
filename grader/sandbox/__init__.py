"""The outside half of the sandbox: slots, launchers and the wire protocol. Imports nothing by itself."""

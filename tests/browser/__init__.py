"""What only a browser shows: drawn math, dropped files, a state that changes by itself."""

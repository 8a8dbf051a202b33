"""How the images are made: `docker/build`. Needs nothing but Python, its pip, and an engine."""

"""The images and the compose file, on a container engine that the tests start where there is none."""

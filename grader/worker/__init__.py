"""Celery workers: they take up gradings and revisions by a lease, and write what came out."""

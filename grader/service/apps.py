"""The Django application."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Named by its last word, so that tables are called service_*."""

    name = "grader.service"
    label = "service"

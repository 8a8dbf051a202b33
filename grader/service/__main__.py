"""`python -m grader.service COMMAND`: Django's own commands, such as migrate."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grader.service.settings")
execute_from_command_line(["nabla-service", *sys.argv[1:]])

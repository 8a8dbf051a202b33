"""Courses, and assignments with a key of their own; what there was waits beside them for the next step."""

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import CASCADE, PROTECT, SET_NULL
from django.db.models.functions import Now


def join_names(apps: Any, schema_editor: Any) -> None:
    User = apps.get_model("service", "User")
    for user in User.objects.exclude(first_name="", last_name=""):
        User.objects.filter(pk=user.pk).update(name=f"{user.first_name} {user.last_name}".strip()[:150])


class Migration(migrations.Migration):
    dependencies = [("service", "0001_initial")]

    operations = [
        migrations.AddField("user", "name", models.CharField(max_length=150, blank=True, default="")),
        migrations.RunPython(join_names, migrations.RunPython.noop),
        migrations.RemoveField("user", "first_name"),
        migrations.RemoveField("user", "last_name"),
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=64, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("zone", models.CharField(max_length=64, default="UTC")),
                ("created", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.AddField(
            "user", "made_for",
            models.ForeignKey("service.course", SET_NULL, null=True, blank=True, related_name="+"),
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        max_length=16,
                        choices=[("student", "student"), ("ta", "TA"), ("instructor", "instructor")],
                        default="student",
                    ),
                ),
                ("name", models.CharField(max_length=150, blank=True, default="")),
                ("email", models.EmailField(max_length=254, blank=True, default="")),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, CASCADE, related_name="memberships")),
                ("course", models.ForeignKey("service.course", CASCADE, related_name="memberships")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["user", "course"], name="one_role_in_a_course")],
            },
        ),
        migrations.RemoveIndex("submission", "service_sub_assignm_603c6a_idx"),
        # The names of these indexes are wanted again below.
        migrations.AlterField(
            "assignment", "current",
            models.ForeignKey("service.revision", PROTECT, null=True, related_name="+", db_index=False),
        ),
        migrations.AlterField(
            "revision", "assignment",
            models.ForeignKey("service.assignment", PROTECT, related_name="revisions", db_index=False),
        ),
        migrations.AlterField(
            "submission", "assignment",
            models.ForeignKey("service.assignment", PROTECT, related_name="submissions", db_index=False),
        ),
        migrations.RenameModel("Assignment", "FormerAssignment"),
        migrations.RenameField("revision", "assignment", "former"),
        migrations.RenameField("submission", "assignment", "former"),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.CharField(max_length=64)),
                ("created", models.DateTimeField(db_default=Now())),
                ("course", models.ForeignKey("service.course", PROTECT, related_name="assignments")),
                ("current", models.ForeignKey("service.revision", PROTECT, null=True, related_name="+")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["course", "slug"], name="one_of_a_name_in_a_course")],
            },
        ),
        migrations.AddField(
            "revision", "assignment", models.ForeignKey("service.assignment", PROTECT, null=True, related_name="+")
        ),
        migrations.AddField(
            "submission", "assignment", models.ForeignKey("service.assignment", PROTECT, null=True, related_name="+")
        ),
    ]

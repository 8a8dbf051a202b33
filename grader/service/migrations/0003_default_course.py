"""What was set before there were courses goes into the course `default`: staff as its instructors, all others as its
students."""

from typing import Any

from django.db import migrations


def forwards(apps: Any, schema_editor: Any) -> None:
    User, Former = apps.get_model("service", "User"), apps.get_model("service", "FormerAssignment")
    if not User.objects.exists():
        return
    course = apps.get_model("service", "Course").objects.create(slug="default", title="Course")
    Membership, Assignment = apps.get_model("service", "Membership"), apps.get_model("service", "Assignment")
    Membership.objects.bulk_create(
        Membership(
            user=user, course=course, role="instructor" if user.is_staff else "student", name=user.name,
            email=user.email,
        )
        for user in User.objects.order_by("pk")
    )
    for former in Former.objects.order_by("created"):
        new = Assignment.objects.create(course=course, slug=former.pk, created=former.created, current=former.current)
        former.revisions.update(assignment=new)
        former.submissions.update(assignment=new)


class Migration(migrations.Migration):
    dependencies = [("service", "0002_courses")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]

"""What there was before courses goes."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT


class Migration(migrations.Migration):
    dependencies = [("service", "0003_default_course")]

    operations = [
        migrations.RemoveField("revision", "former"),
        migrations.RemoveField("submission", "former"),
        migrations.DeleteModel("FormerAssignment"),
        migrations.AlterField(
            "revision", "assignment", models.ForeignKey("service.assignment", PROTECT, related_name="revisions")
        ),
        migrations.AlterField(
            "submission", "assignment", models.ForeignKey("service.assignment", PROTECT, related_name="submissions")
        ),
        migrations.AddIndex(
            "submission",
            models.Index(fields=["assignment", "owner", "received"], name="service_sub_assignm_603c6a_idx"),
        ),
    ]

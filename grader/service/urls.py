"""Every path there is."""

from __future__ import annotations

from django.urls import path

from grader.service.api import api
from grader.service.pages import accounts, assignments, health, staff, submissions

urlpatterns = [
    path("", assignments.index, name="assignments"),
    path("assignments/<slug:id>", assignments.show, name="assignment"),
    path("assignments/<slug:id>/starter", assignments.starter, name="starter"),
    path("submissions", submissions.index, name="submissions"),
    path("submissions/<uuid:id>", submissions.show, name="submission"),
    path("submissions/<uuid:id>/live", submissions.live, name="live"),
    path("submissions/<uuid:id>/file", submissions.file, name="file"),
    path("attention", staff.attention, name="attention"),
    path("gradings/<int:id>/again", staff.again, name="again"),
    path("sign-in", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-out", accounts.SignOut.as_view(), name="sign-out"),
    path("healthz", health.health, name="health"),
    path("api/", api.urls),
]

handler404 = "grader.service.pages.errors.not_found"
handler403 = "grader.service.pages.errors.forbidden"
handler500 = "grader.service.pages.errors.failed"

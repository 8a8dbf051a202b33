"""Every path there is."""

from __future__ import annotations

from django.urls import path

from grader.service.api import api
from grader.service.pages import accounts, assignments, courses, grades, health, people, regrades, staff, submissions

_COURSE = "courses/<slug:course>"

urlpatterns = [
    path("", courses.index, name="home"),
    path(_COURSE, courses.show, name="course"),
    path(f"{_COURSE}/assignments/<slug:id>", assignments.show, name="assignment"),
    path(f"{_COURSE}/assignments/<slug:id>/starter", assignments.starter, name="starter"),
    path(f"{_COURSE}/assignments/<slug:id>/overview", grades.assignment, name="overview"),
    path(f"{_COURSE}/assignments/<slug:id>/regrades", regrades.propose, name="regrades"),
    path(f"{_COURSE}/log", regrades.log, name="log"),
    path("regrades/<int:id>", regrades.show, name="regrade"),
    path("regrades/<int:id>/publish", regrades.publish, name="publish-regrade"),
    path("regrades/<int:id>/discard", regrades.discard, name="discard-regrade"),
    path(f"{_COURSE}/grades", grades.index, name="grades"),
    path(f"{_COURSE}/grades.csv", grades.as_csv, name="grades-csv"),
    path(f"{_COURSE}/grades.json", grades.as_json, name="grades-json"),
    path(f"{_COURSE}/submissions", submissions.index, name="submissions"),
    path(f"{_COURSE}/attention", staff.attention, name="attention"),
    path(f"{_COURSE}/people", people.index, name="people"),
    path(f"{_COURSE}/roster", people.roster, name="roster"),
    path("submissions/<uuid:id>", submissions.show, name="submission"),
    path("submissions/<uuid:id>/live", submissions.live, name="live"),
    path("submissions/<uuid:id>/file", submissions.file, name="file"),
    path("gradings/<int:id>/again", staff.again, name="again"),
    path("sign-in", accounts.SignIn.as_view(), name="sign-in"),
    path("sign-out", accounts.SignOut.as_view(), name="sign-out"),
    path("password/<uidb64>/<token>", accounts.SetPassword.as_view(), name="set-password"),
    path("healthz", health.health, name="health"),
    path("api/", api.urls),
]

handler404 = "grader.service.pages.errors.not_found"
handler403 = "grader.service.pages.errors.forbidden"
handler500 = "grader.service.pages.errors.failed"

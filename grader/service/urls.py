"""Paths."""
from django.http import HttpResponse
from django.urls import path
from django.contrib.auth.decorators import login_not_required
urlpatterns = [path("healthz", login_not_required(lambda r: HttpResponse("ok")))]

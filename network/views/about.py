"""Static pages: about, rules, privacy, keys."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def about(request: HttpRequest, page: str) -> HttpResponse:
    return render(request, f"about/{page}.html")

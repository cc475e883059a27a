"""URLs of invitations to the site, and of the administrators' pages."""

from django.urls import path

from safety.views import joining, site

urlpatterns = [
    path("join/<token:token>", joining.invitation, name="site_invitation"),
    path("site", site.place, name="site"),
    path("site/invitations", site.invitations, name="site_invitations"),
    path("site/invitations/<id:invitation_id>/withdraw", site.withdraw, name="site_invitation_withdraw"),
]

"""URLs of invitations to the site, and of the administrators' pages."""

from django.urls import path

from safety.views import joining, site

# Any token matches, so that a link that was cut off on its way leads to a page that says what to do.
urlpatterns = [
    path("join/<str:token>", joining.invitation, name="site_invitation"),
    path("site", site.place, name="site"),
    path("site/invitations", site.invitations, name="site_invitations"),
    path("site/invitations/<id:invitation_id>/withdraw", site.withdraw, name="site_invitation_withdraw"),
]

"""The pages of /admin/: staff see rows of every kind, cannot change them, and see nothing that they may not read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group as Permissions
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feeds.models import Letter, Notification
from network.actions import edits, posts
from network.actions.drafts import Draft
from network.models import Delivery, Group, Person, Post, Stream, Topic, User
from tests.support import factories

PASSWORD = "correct horse battery"
SHOWN: list[type[Model]] = [Person, Post, Group, Topic, Stream, Delivery, Notification, Letter]
SECRET = "canary"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    User.objects.create_superuser("root", password=PASSWORD)
    browser = Client()
    browser.post(reverse("account_login"), {"login": "root", "password": PASSWORD})
    return browser


def fill(number: int) -> None:
    """Create `number` rows of every kind, each with the related rows that its line shows."""
    for _ in range(number):
        person, friend = factories.user(f"user{User.objects.count()}").person, factories.person()
        factories.follow(friend, person)
        root = factories.post(person, f"All {SECRET}s #birds{number}")
        factories.comment(friend, root, SECRET)
        factories.group(person, Group.Kind.OPEN, friend)
        factories.topic(f"birds{person.pk}")
        activity = root.activities.first()
        Notification.objects.get_or_create(person=person, activity=activity, kind="comment")
        Letter.objects.create(person=person, kind="digest", due_at=timezone.now() + timedelta(hours=1))
        Delivery.objects.get_or_create(activity=activity, kind="made-up")


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row: Model, act: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{act}", args=[row.pk])


def rows(client: Client, model: type[Model], query: str = "") -> list[str]:
    """The ids of the rows in a list."""
    answer = client.get(list_of(model), {"q": query})
    assert answer.status_code == 200
    return [str(row.pk) for row in answer.context["cl"].result_list]


@pytest.mark.parametrize("model", SHOWN)
def test_staff_see_a_list_and_each_of_its_rows(staff: Client, model: type[Model]) -> None:
    fill(2)
    found = rows(staff, model)
    assert len(found) >= 2
    answer = staff.get(page_of(model._default_manager.get(pk=found[0])))
    assert answer.status_code == 200
    assert b'type="submit"' not in answer.content.partition(b'<div id="content"')[2], "nothing to send"


@pytest.mark.parametrize("model", SHOWN)
def test_a_list_needs_the_same_number_of_queries_for_any_number_of_rows(
    staff: Client, model: type[Model]
) -> None:
    counts = []
    for number in (1, 8):
        fill(number)
        with CaptureQueriesContext(connection) as captured:
            assert rows(staff, model)
        counts.append(len(captured))
    assert counts[0] == counts[1], captured.captured_queries


@pytest.mark.parametrize("model", SHOWN)
def test_nothing_can_be_added_changed_or_deleted(staff: Client, model: type[Model]) -> None:
    fill(1)
    row = model._default_manager.first()
    before = list(model._default_manager.values())
    chosen = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes"}
    answers = [
        staff.post(page_of(row), {"name": "x", "kind": "x", "handle": "x"}),
        staff.post(page_of(row, "delete"), {"post": "yes"}),
        staff.post(list_of(model).replace("changelist", "") + "add/", {"name": "x"}),
        staff.post(list_of(model), chosen),
    ]
    assert [answer.status_code for answer in answers[:3]] == [403, 403, 403]
    assert list(model._default_manager.values()) == before


@pytest.mark.parametrize("model", SHOWN)
def test_people_without_the_permission_have_no_access(model: type[Model]) -> None:
    fill(1)
    row = model._default_manager.first()
    somebody, stranger = Client(), Client()
    somebody.force_login(
        factories.user("somebody"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for address in (list_of(model), page_of(row)):
        assert somebody.get(address, follow=True).status_code == 403
        asked = stranger.get(address, follow=True)
        assert asked.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_every_registered_model_is_read_only() -> None:
    for model in SHOWN:
        assert not admin.site.get_model_admin(model).has_change_permission(None)


def test_no_other_model_is_registered(staff: Client) -> None:
    """allauth has pages for addresses, sessions and second steps. Groups of permissions are for staff alone."""
    registered = {model for model in apps.get_models() if admin.site.is_registered(model)}
    assert registered == {*SHOWN, Permissions}
    assert staff.get("/admin/auth/group/?user__password__startswith=a").status_code == 400
    others = ("account/emailaddress", "mfa/authenticator", "usersessions/usersession")
    for path in others:
        assert staff.get(f"/admin/{path}/?user__password__startswith=a").status_code == 404
        assert path not in staff.get("/admin/").content.decode()


def test_a_notification_of_a_kind_that_is_not_registered_is_shown(staff: Client) -> None:
    fill(1)
    Notification.objects.update(kind="no-kind")
    row = Notification.objects.get()
    assert rows(staff, Notification) == [str(row.pk)]
    assert staff.get(page_of(row)).status_code == 200


class TestSearch:
    def test_people_are_found_by_parts_of_their_name_and_by_handle(self, staff: Client) -> None:
        noor = factories.person("noor", name="Noor of the Harbour")
        factories.person("other")
        for query in ("harbour", "NOOR", "@noor", str(noor.pk)):
            assert rows(staff, Person, query) == [str(noor.pk)], query

    def test_posts_are_found_by_author_and_id_but_not_by_text(self, staff: Client) -> None:
        post = factories.post(factories.person("noor"), SECRET)
        factories.post(factories.person("other"))
        assert rows(staff, Post, "noor") == rows(staff, Post, str(post.pk)) == [str(post.pk)]
        assert rows(staff, Post, SECRET) == []

    def test_deliveries_are_found_by_kind_and_by_the_activity(self, staff: Client) -> None:
        fill(2)
        [one, other] = Delivery.objects.filter(kind="made-up")
        assert set(rows(staff, Delivery, "made-up")) == {str(one.pk), str(other.pk)}
        assert str(one.pk) in rows(staff, Delivery, str(one.activity_id))

    @pytest.mark.parametrize("model", SHOWN)
    def test_a_list_answers_every_search(self, staff: Client, model: type[Model]) -> None:
        for query in ("9" * 40, "'", "%", "\u0663", "\\", "-1", "1.5"):
            assert rows(staff, model, query) == [], query


class TestHiddenFromStaff:
    @pytest.fixture
    def pages_with_secrets(self, staff: Client) -> list[str]:
        """All pages of /admin/, with a secret in every kind of row."""
        writer, friend = factories.user("writer").person, factories.person("friend")
        factories.follow(friend, writer)
        for audience in Post.Audience.values:
            if audience not in (Post.Audience.GROUP, Post.Audience.DIRECT):
                post = factories.post(writer, SECRET, audience=audience, title=SECRET, summary=SECRET)
                edits.edit(writer, post, Draft(f"{SECRET} again", title=SECRET, audience=audience))
        group = factories.group(writer, Group.Kind.HIDDEN, friend)
        Group.objects.filter(pk=group.pk).update(name=SECRET, slug=SECRET, description=SECRET)
        posts.publish(writer, Draft(SECRET, audience=Post.Audience.DIRECT, to=(friend,)))
        pages = [staff.get(list_of(model)).content.decode() for model in SHOWN]
        for model in SHOWN:
            pages += [
                staff.get(page_of(row)).content.decode() for row in model._default_manager.exclude(pk=0)[:20]
            ]
        return pages

    def test_texts_of_posts_and_names_of_hidden_groups_are_not_shown(
        self, pages_with_secrets: list[str]
    ) -> None:
        assert len(pages_with_secrets) > 20
        assert [page for page in pages_with_secrets if SECRET in page] == []

    def test_hidden_groups_are_not_shown(self, staff: Client) -> None:
        group = factories.group(factories.person(), Group.Kind.HIDDEN)
        assert rows(staff, Group) == []
        assert staff.get(page_of(group), follow=True).redirect_chain[-1][0] == reverse("admin:index")
        assert str(group.pk) in rows(staff, Stream)


class TestFilters:
    """A list is filtered by its own filters alone. Any other look-up would tell what the list does not show."""

    @pytest.mark.parametrize("model", SHOWN)
    def test_fields_that_are_no_filters_are_refused(self, rf: RequestFactory, model: type[Model]) -> None:
        fill(1)
        shown, root = admin.site.get_model_admin(model), User.objects.create_superuser("root")
        filtered = {entry if isinstance(entry, str) else entry[0] for entry in shown.list_filter}
        for field in model._meta.get_fields():
            look_ups = ["in", "startswith", "regex", "contains", "gt", "pk"]
            look_ups += [] if field.name in filtered else ["exact", "isnull"]
            parameters = [f"{field.name}__{look_up}" for look_up in look_ups]
            parameters += [] if field.name in filtered else [field.name]
            for parameter in parameters:
                for value in ("1", "(", "9" * 30):
                    request = rf.get(list_of(model), {parameter: value})
                    request.user = root
                    with pytest.raises(SuspiciousOperation):  # Django answers 400
                        shown.changelist_view(request)

    @pytest.mark.parametrize("model", SHOWN)
    def test_a_refused_field_is_a_bad_request(self, staff: Client, model: type[Model]) -> None:
        assert staff.get(list_of(model), {"pk__startswith": "1"}).status_code == 400

    @pytest.mark.parametrize("model", SHOWN)
    def test_each_link_of_a_filter_leads_to_a_list(self, staff: Client, model: type[Model]) -> None:
        fill(2)
        filters = staff.get(list_of(model)).context["cl"]
        links = [link for spec in filters.filter_specs for link in spec.choices(filters)]
        assert len(links) >= 3
        for link in links:
            assert staff.get(list_of(model) + link["query_string"]).status_code == 200, link

    @pytest.mark.parametrize("model", SHOWN)
    def test_values_that_a_filter_does_not_have_are_no_errors(
        self, staff: Client, model: type[Model]
    ) -> None:
        for entry in admin.site.get_model_admin(model).list_filter:
            field = entry if isinstance(entry, str) else entry[0]
            for parameter in (field, *(f"{field}__{end}" for end in ("exact", "isnull", "isempty"))):
                for value in ("x", "9" * 30, "-1", "", "a\0b", "(", "0001-01-01T00:00+14:00"):
                    answer = staff.get(list_of(model), {parameter: value})
                    assert answer.status_code in (200, 302, 400), (parameter, value)


class TestRows:
    @pytest.mark.parametrize("model", SHOWN)
    @pytest.mark.parametrize("number", ["9" * 19, "9" * 30, "-" + "9" * 30, "9" * 5000])
    def test_numbers_that_do_not_fit_name_no_row(
        self, staff: Client, model: type[Model], number: str
    ) -> None:
        for act in ("change", "history"):
            address = f"{list_of(model)}{number}/{act}/"
            assert staff.get(address).headers["Location"] == reverse("admin:index")
        assert staff.get(f"{list_of(model)}{number}/delete/").status_code in (302, 403)

    def test_no_route_tells_the_address_of_a_row_of_any_table(self, staff: Client) -> None:
        friend = factories.person()
        group = factories.group(friend, Group.Kind.HIDDEN)
        for row in (group, friend):
            number = ContentType.objects.get_for_model(row).pk
            assert staff.get(f"/admin/r/{number}/{row.pk}/").status_code == 404

    def test_a_row_links_to_its_page_on_the_site_where_it_has_one(self, staff: Client) -> None:
        fill(1)
        for model in SHOWN:
            row = model._default_manager.exclude(pk=0).first()
            linked = model in (Person, Post, Group, Topic)
            context = staff.get(page_of(row)).context
            assert context["absolute_url"] == (row.get_absolute_url() if linked else None)
            assert context["has_absolute_url"] == linked

"""A file is opened only when its room agrees, and only as an attachment."""

import asyncio

import pytest
from django.test import RequestFactory

from zhoudao.core.access import Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.files import actions, queries, views
from zhoudao.core.files.models import StoredFile
from zhoudao.core.files.tests.uploads import CSV, PDF, Upload

pytestmark = pytest.mark.django_db
ALICE = Actor("user:12", Role.RESIDENT)


def kept(room, subject="point:P001", name="证明.pdf", content=PDF):
    return actions.keep(ALICE, actions.receive(Upload(name, content)), room=room, subject=subject)


async def whole(response):
    return b"".join([piece async for piece in response.streaming_content])


def get(file_id):
    request = RequestFactory().get("/")
    request.actor = ALICE
    return views.download(request, file_id)


def test_a_file_comes_as_an_attachment_of_a_fixed_type(room):
    response = get(kept(room).pk)
    assert asyncio.run(whole(response)) == PDF
    assert response["Content-Length"] == str(len(PDF))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E8%AF%81%E6%98%8E.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-store"


def test_text_is_never_served_as_a_page(room):
    html = kept(room, name="a.txt", content=b"<script>alert(1)</script>")
    assert get(html.pk)["Content-Type"] == "text/plain; charset=utf-8"
    assert get(kept(room, name="a.csv", content=CSV).pk)["Content-Type"] == "text/csv; charset=utf-8"


def test_the_room_decides(room):
    other = kept(room, subject="point:P002")
    with pytest.raises(Forbidden):
        get(other.pk)
    with pytest.raises(Forbidden):
        queries.files_of(ALICE, room, "point:P002")
    assert AuditRow.objects.order_by("sequence").last().outcome == "refused"
    mine = kept(room)
    assert queries.files_of(ALICE, room, "point:P001") == [mine]


def test_a_room_that_never_registered_opens_nothing():
    with pytest.raises(Forbidden):
        get(kept("nobody").pk)


def test_a_file_that_is_not_there_is_not_found(room):
    from django.http import Http404

    stored = kept(room)
    with pytest.raises(Http404):
        get(stored.pk + 1)
    actions.store.path_of(stored.address).unlink()
    with pytest.raises(Http404):
        get(stored.pk)


def test_every_opening_is_remembered_without_the_name(room):
    get(kept(room).pk)
    row = AuditRow.objects.order_by("sequence").last()
    assert (row.action, row.outcome, '"of":"point:P001"' in row.details) == ("files.open", "done", True)
    assert not AuditRow.objects.filter(details__contains="证明").exists()


def test_the_name_is_sealed(room):
    from django.db import connection

    kept(room)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM files_storedfile")
        assert "证明" not in cursor.fetchone()[0]
    assert StoredFile.objects.get().name == "证明.pdf"

"""Numbers for Prometheus, and who may read them."""

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from zhoudao.operations.watch import reading

pytestmark = pytest.mark.django_db


def numbers(client):
    text = client.get("/metrics").content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, *sorted(sample.labels.values())): sample.value for sample in samples}


def test_requests_are_counted_by_route_and_outcome():
    client = Client()
    before = numbers(client).get(("zhoudao_requests_total", "2xx", "GET", "look:healthz"), 0)
    for _ in range(3):
        client.get("/healthz")
    assert numbers(client)[("zhoudao_requests_total", "2xx", "GET", "look:healthz")] - before == 3


def test_every_sign_has_its_level_there():
    found = {key[1] for key in numbers(Client()) if key[0] == "zhoudao_sign_level"}
    assert found == {sign.name for sign in reading.known()}
    assert {"operations.database", "audit.head", "outbox.waiting", "files.disk", "applications.deadlines"} <= found


def test_gauges_of_the_rooms_are_there():
    found = {key[0] for key in numbers(Client())}
    assert {"zhoudao_outbox_waiting", "zhoudao_applications_late", "zhoudao_disk_free_bytes"} <= found


def test_from_elsewhere_they_need_the_token(settings):
    assert Client(REMOTE_ADDR="192.0.2.7").get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "let-me-read"
    assert Client().get("/metrics").status_code == 403
    wrong = Client(REMOTE_ADDR="192.0.2.7", headers={"authorization": "Bearer guess"})
    assert wrong.get("/metrics").status_code == 403
    right = Client(REMOTE_ADDR="192.0.2.7", headers={"authorization": "Bearer let-me-read"})
    assert right.get("/metrics").status_code == 200


def test_a_method_somebody_made_up_is_no_series_of_its_own():
    Client().generic("BREW", "/healthz")
    found = {key for key in numbers(Client()) if key[0] == "zhoudao_requests_total"}
    assert not [key for key in found if "BREW" in key]
    assert [key for key in found if "other" in key]

"""Metrics in the text format of Prometheus, for clients on this machine or with METRICS_TOKEN."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from feeds.operations.status import Status, status
from network.operators import is_operator


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not is_operator(request):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Standing())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Standing(Collector):
    """Collects the metrics of the whole site at each request. No process has metrics of its own."""

    def collect(self) -> Iterator[Metric]:
        now = status()
        yield from _pending(now)
        yield from _lags(now)
        yield from _fanouts(now)
        yield from _check(now)
        pages = CounterMetricFamily("kith_pages", "Pages of feeds, by what answered", labels=["source"])
        for source, count in now.pages.items():
            pages.add_metric([source], count)
        yield pages


def _pending(now: Status) -> Iterator[Metric]:
    count = GaugeMetricFamily("kith_deliveries_owed", "Deliveries that are owed", labels=["kind"])
    failing = GaugeMetricFamily("kith_deliveries_failing", "Of these, tried before", labels=["kind"])
    oldest = GaugeMetricFamily("kith_deliveries_oldest_seconds", "Age of the oldest", labels=["kind"])
    for pending in now.pending:
        count.add_metric([pending.kind], pending.count)
        failing.add_metric([pending.kind], pending.failing)
        oldest.add_metric([pending.kind], pending.oldest.total_seconds())
    yield from (count, failing, oldest)


def _lags(now: Status) -> Iterator[Metric]:
    last = GaugeMetricFamily(
        "kith_lag_last_seconds", "From an act to its last delivery, lately", labels=["kind"]
    )
    all = HistogramMetricFamily("kith_lag_seconds", "From an act to the delivery of a batch", labels=["kind"])
    for kind, lag in now.lags.items():
        last.add_metric([kind], lag.last)
        buckets = [(str(bound).replace("inf", "+Inf"), count) for bound, count in lag.upto.items()]
        all.add_metric([kind], buckets, lag.seconds)
    yield from (last, all)


def _fanouts(now: Status) -> Iterator[Metric]:
    left = sum(max(0, one.followers - one.done) for one in now.fanouts)
    yield GaugeMetricFamily("kith_fanouts_long", "Fan-outs in several batches under way", len(now.fanouts))
    yield GaugeMetricFamily("kith_fanouts_followers_left", "Followers that these have still to reach", left)


def _check(now: Status) -> Iterator[Metric]:
    if now.check is None:
        return
    yield GaugeMetricFamily("kith_check_people", "People in the last check", now.check.people)
    yield GaugeMetricFamily("kith_check_differences", "What differed in it", now.check.differences)
    yield GaugeMetricFamily("kith_check_age_seconds", "How long it is ago", now.check.ago.total_seconds())
    yield CounterMetricFamily("kith_check_found", "What differed in all checks", now.check.found)

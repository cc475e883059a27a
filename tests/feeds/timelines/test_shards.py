"""Timelines in a cluster of three masters and three replicas, some of which fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from feeds.delivery import outbox
from feeds.operations import checking
from feeds.reading import home
from feeds.timelines import fanout, shards, store
from feeds.timelines.store import KEPT, MOST, Timeline
from network.models import Delivery, Person
from tests.support import factories
from tests.support.cluster import Cluster
from tests.support.waiting import wait_until

FEEDS = range(1001, 1401)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def cluster(servers: Cluster, settings: LazySettings) -> Iterator[Cluster]:
    """Timelines are in the cluster."""
    settings.TIMELINES_REDIS_URL = servers.url
    shards.client.cache_clear()
    shards.script.cache_clear()
    shards.client().flushall(target_nodes="primaries")
    yield servers
    shards.client().close()
    shards.client.cache_clear()
    shards.script.cache_clear()


def build(feed: int, ids: list[int], floor: int = 0) -> None:
    lock = store.begin_rebuild(feed)
    assert lock is not None
    assert store.finish_rebuild(feed, lock, Timeline(ids, floor), 0)


def test_calls_to_one_server_have_300_feeds_of_any_bucket():
    groups = list(shards.calls(range(700)))
    assert [len(group) for group in groups] == [300, 300, 100]


def test_a_call_to_a_cluster_has_feeds_of_one_bucket(settings: LazySettings):
    settings.TIMELINES_REDIS_URL = "redis+cluster://127.0.0.1:1"
    groups = list(shards.calls(range(60_000)))
    assert all(len({feed % shards.BUCKETS for feed in group}) == 1 for group in groups)
    assert max(len(group) for group in groups) <= shards.FEEDS_A_CALL
    assert sorted(feed for group in groups for feed in group) == list(range(60_000))


def test_timelines_are_built_pushed_to_and_read(cluster: Cluster):
    for feed in FEEDS:
        build(feed, [5, 3])
    store.push([*FEEDS, 7], [9, 4])
    assert {tuple(store.read(feed, 0).ids) for feed in FEEDS} == {(9, 5, 4, 3)}
    assert store.read(7, 0) is None, "a push creates no timeline"
    assert set(store.active_feeds()) >= set(FEEDS)
    assert all(node.client.dbsize() for node in cluster.masters()), "every master has some"
    store.forget(FEEDS)
    assert not any(store.read(feed, 0) for feed in FEEDS)


def test_trims_are_as_on_one_server(cluster: Cluster):
    build(1001, [1])
    for id in range(2, MOST + 100):
        store.push([1001], [id])
    found = store.read(1001, 0)
    assert found is not None
    assert KEPT <= len(found.ids) <= MOST
    assert found.ids[-1] == found.floor + 1
    with store.without_extending_ttl(1001):
        pass
    assert store.read(1001, 0) == found


def test_a_push_asks_no_server_for_the_keys_of_a_script(cluster: Cluster):
    for node in cluster.masters():
        node.client.config_resetstat()
    store.push(FEEDS, [9])
    done = Counter()
    for node in cluster.masters():
        done.update({name: stats["calls"] for name, stats in node.client.info("commandstats").items()})
    assert done["cmdstat_eval"] == shards.BUCKETS
    assert not done["cmdstat_command|getkeys"]


def test_a_worker_that_only_pushes_finds_the_new_master(cluster: Cluster):
    """The default node of the client dies. The other servers get their pushes at once."""
    for feed in FEEDS:
        build(feed, [3])
    shards.client.cache_clear()
    store.push(FEEDS, [4])
    port = shards.client().get_default_node().port
    victim = next((node for node in cluster.masters() if node.port == port), cluster.masters()[0])
    victim.kill()
    with pytest.raises(shards.UNAVAILABLE):
        store.push(FEEDS, [5])

    def pushes() -> bool:
        try:
            store.push(FEEDS, [6])
        except shards.UNAVAILABLE:
            return False
        return True

    wait_until(pushes, "the replica is master, and found", 30)
    found = [store.read(feed, 0) for feed in FEEDS]
    assert {tuple(one.ids) for one in found if one} == {(6, 5, 4, 3)}
    assert any(one is None for one in found), "the timelines of that shard count as missing"
    victim.start()
    wait_until(cluster.is_whole, "it is a replica now", 30)


def test_masters_that_change_places_with_their_replicas_are_found_at_once(cluster: Cluster):
    """Nobody dies: a server that is asked says that another has the bucket now."""
    for feed in FEEDS:
        build(feed, [3])
    store.push(FEEDS, [4])
    before = {node.port for node in cluster.masters()}
    for replica in [node for node in cluster.nodes if not node.is_master]:
        replica.client.execute_command("CLUSTER FAILOVER")
    wait_until(lambda: before.isdisjoint(node.port for node in cluster.masters()), "all have changed", 30)
    wait_until(cluster.is_whole, "the cluster is whole", 30)
    store.push(FEEDS, [5])
    assert {shards.client().lindex(store.key(feed), 0) for feed in FEEDS} == {"5"}


def test_without_its_shard_a_home_comes_from_the_database(ada: Person, ben: Person, settings: LazySettings):
    factories.follow(ben, ada)
    post = factories.post(ada)
    settings.TIMELINES_REDIS_URL = "redis+cluster://127.0.0.1:1"
    shards.client.cache_clear()
    try:
        assert [entry.id for entry in home.slots(factories.fresh(ben)).entries] == [post.pk]
    finally:
        shards.client.cache_clear()


def test_a_master_that_dies_in_the_middle_of_a_fan_out_loses_nothing(
    cluster: Cluster, ada: Person, monkeypatch: pytest.MonkeyPatch
):
    """A failed batch stays pending. Timelines of the promoted replica count as missing: they may lack pushes."""
    monkeypatch.setattr(fanout, "FOLLOWERS_A_BATCH", 10)
    people = [factories.person() for _ in range(40)]
    for person in people:
        factories.follow(person, ada)
        home.slots(factories.fresh(person))
    Delivery.objects.all().delete()
    built = [person for person in people if store.read(person.pk, factories.fresh(person).generation)]
    assert built == people

    push, left = store.push, [2]
    victim = cluster.masters()[0]

    def push_until_it_dies(feeds: list[int], ids: list[int]) -> None:
        left[0] -= 1
        if left[0] == 0:
            victim.kill()
        push(feeds, ids)

    monkeypatch.setattr(store, "push", push_until_it_dies)
    post = factories.post(ada)

    def work() -> bool:
        Delivery.objects.update(leased_until=None)
        outbox.deliver_all(post.pk)
        return not Delivery.objects.filter(activity=post.pk, kind=fanout.KIND).exists()

    wait_until(work, "all is delivered by itself", 60)
    wait_until(lambda: len(cluster.masters()) == 3 and cluster.is_whole(), "the replica is master", 30)
    missing = [one for one in people if not store.read(one.pk, factories.fresh(one).generation)]
    assert 0 < len(missing) < len(people), "the timelines of that shard, and no others"
    for person in people:
        assert checking.check(person.pk) == [], person
        assert [entry.id for entry in home.slots(factories.fresh(person)).entries] == [post.pk]
    victim.start()

"""The discover feed of 20 for a member who agreed and follows 500 people, over a million notes and ten million reactions.

Two figures: a reader who goes on reading (their list stands for half a minute), and every request by another reader,
so that each list is gathered and ranked anew. The reference is one indexed SELECT of 20 rows through the same
server. JISHI_BENCH_NOTES makes it smaller.
"""

import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench import load, stage

NOTES = int(os.environ.get("JISHI_BENCH_NOTES", "1000000"))
AUTHORS, READERS, FOLLOWS, REACTIONS_EACH = 20_000, 2_000, 500, 10
CONNECTIONS, SECONDS = 32, 8
FIRST = "Bearer reader-1"
ANOTHER = """
local reader = 0
request = function()
  reader = reader %% %d + 1
  wrk.headers["Authorization"] = "Bearer reader-" .. reader
  return wrk.format()
end
"""

_FILL = """
SET synchronous_commit = off;
INSERT INTO people_member (id, password, phone, phone_verified, nickname, color, role, language, is_active, created_at)
SELECT md5('a' || n)::uuid, '', '1' || (3000000000 + n), true, '作者' || n, '#8a6bd1', '', 'zh-hans', true, now()
FROM generate_series(1, {authors}) n;
INSERT INTO people_member (id, password, phone, phone_verified, nickname, color, role, language, is_active, created_at)
SELECT md5('r' || n)::uuid, '', '1' || (5000000000 + n), true, '读者' || n, '#8a6bd1', '', 'zh-hans', true, now()
FROM generate_series(1, {readers}) n;
INSERT INTO people_apitoken (id, member_id, name, digest, scopes, created_at, last_used_at)
SELECT md5('t' || n)::uuid, md5('r' || n)::uuid, 'bench', encode(sha256(('reader-' || n)::bytea), 'hex'),
  ARRAY['shop.read'], now(), now()
FROM generate_series(1, {readers}) n;
ALTER TABLE notes_reaction DROP CONSTRAINT reaction_once;
DROP INDEX reaction_member;
INSERT INTO media_media (id, owner_id, kind, state, width, height, colour, renditions, video_path, source_path,
  duration_ms, is_public, is_used, failure, created_at)
SELECT md5('m' || n)::uuid, md5('a' || n)::uuid, 'picture', 'ready', 1080, 1440, '#f4eee5',
  (SELECT jsonb_agg(jsonb_build_array('notes/' || n || '/' || width || '.' || format, width, width * 4 / 3, format))
   FROM unnest(ARRAY[360, 720, 1080]) width, unnest(ARRAY['avif', 'webp']) format),
  '', '', 0, true, true, '', now()
FROM generate_series(1, {authors}) n;
INSERT INTO notes_note (id, author_id, state, title, text, topics, cooperation, media_ids, is_video, alt_title, has_test,
  tag_count, province, city, version, review_note, waits_for, publish_at, week, first_published_at, views, likes, saves,
  comments, shares, taps, orders, revenue_minor, refunded_minor, quality_bp, is_stale, created_at, changed_at)
SELECT md5('n' || n)::uuid, md5('a' || (1 + (n * 7919) % {authors}))::uuid, 'published',
  '笔记 ' || n, '正文', ARRAY['话题' || n % 97],
  'none', ARRAY[md5('m' || (1 + (n * 7919) % {authors}))::uuid],
  false, '', false, n % 2, '上海市', CASE n % 10 WHEN 0 THEN '上海市' ELSE '杭州市' END, 1, '', '',
  at, extract(epoch FROM at)::bigint / 604800, at,
  n % 500, n % 90, n % 20, n % 9, 0, 0, n % 12, 0, 0, 500 + (n * 31) % 9000, false, at, at
FROM (SELECT n, now() - (n * interval '40 seconds') AS at FROM generate_series(1::bigint, {notes}) n) s;
INSERT INTO notes_reaction (note_id, member_id, kind, at)
SELECT md5('n' || n)::uuid, md5('a' || (1 + (n * 31 + r * 977) % {authors}))::uuid, 'like', now()
FROM generate_series(1::bigint, {notes}) n, generate_series(1::bigint, {each}) r;
ALTER TABLE notes_reaction ADD CONSTRAINT reaction_once UNIQUE (note_id, member_id, kind);
CREATE INDEX reaction_member ON notes_reaction (member_id, kind, at DESC);
INSERT INTO notes_follow (follower_id, author_id, at)
SELECT md5('r' || r)::uuid, md5('a' || (1 + (r * 131 + f * 37) % {authors}))::uuid, now()
FROM generate_series(1, {readers}) r, generate_series(1, {follows}) f;
INSERT INTO notes_feedconsent (member_id, is_personal, is_near, province, city, at)
SELECT md5('r' || r)::uuid, true, true, '上海市', '上海市', now() FROM generate_series(1, {readers}) r;
INSERT INTO notes_affinity (member_id, author_id, topic, points)
SELECT md5('r' || r)::uuid, md5('a' || n)::uuid, '', n FROM generate_series(1, {readers}) r, generate_series(400, 440) n;
"""


def main() -> None:
    with stage.stage() as ground:
        started = time.monotonic()
        _fill(ground)
        print(f"{NOTES} notes filled in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        with _bare(stage.free_port()) as url:
            bare = load.wrk(url, connections=CONNECTIONS, seconds=4)
        with stage.shop(stage.free_port()) as url:
            address = f"{url}/api/v1/feed?limit=20"
            request = urllib.request.Request(address, headers={"Authorization": FIRST})
            body = urllib.request.urlopen(request, timeout=30).read()
            assert body.count(b'"author_id"') == 20, body[:400]
            one = f'wrk.headers["Authorization"] = "{FIRST}"'
            load.wrk(address, connections=CONNECTIONS, seconds=2, script=one, folder=ground.home)
            same = load.wrk(address, connections=CONNECTIONS, seconds=SECONDS, script=one, folder=ground.home)
            others = ANOTHER % READERS
            new = load.wrk(
                address, connections=CONNECTIONS, seconds=SECONDS, script=others, folder=ground.home
            )
            alone = load.wrk(address, connections=2, seconds=3, script=others, folder=ground.home)
    _report("feed", same, bare, unit="requests/s: personal discover feed of 20, JSON, one reader going on")
    _report(
        "feed_another_reader_each_time",
        new,
        bare,
        unit="requests/s: personal discover feed of 20, JSON, gathered and ranked anew each time",
        p99_ms_at_2_connections=alone.p99_ms,
    )


def _report(name: str, measured: load.Measured, bare: load.Measured, *, unit: str, **more: object) -> None:
    assert measured.errors == 0, f"{measured.errors} errors"
    stage.report(
        name=name,
        figure=measured.requests_per_second,
        unit=unit,
        reference=bare.requests_per_second,
        reference_name="one indexed SELECT of 20 rows through the same server",
        p50_ms=measured.p50_ms,
        p99_ms=measured.p99_ms,
        bare_p99_ms=bare.p99_ms,
        connections=CONNECTIONS,
        notes=NOTES,
        reactions=NOTES * REACTIONS_EACH,
        follows=FOLLOWS,
        **more,
    )


def _fill(ground: stage.Stage) -> None:
    with ground.connect() as connection:
        text = _FILL.format(
            authors=AUTHORS, readers=READERS, notes=NOTES, each=REACTIONS_EACH, follows=FOLLOWS
        )
        for statement in text.split(";\n"):
            if statement.strip():
                connection.execute(statement)
        connection.execute("VACUUM ANALYZE notes_note, notes_follow")
        connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")  # what was filled shall not be written out while reading is measured


@contextmanager
def _bare(port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    command = [
        *(sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "2", "--no-ws", "--log-level", "critical", "bench.feed_bare:app"),
    ]
    with stage.served(command, url=f"{url}/"):
        yield url


if __name__ == "__main__":
    main()

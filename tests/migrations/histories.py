"""Histories that have a bit of everything, for runs that are disturbed."""

from tests.migrations.projects import SmallProject

_STEPS = (
    (
        (
            "create table public.items (id int primary key, touched int not null default 0);\n"
            "insert into public.items select generate_series(1, 3000);"
        ),
        "drop table public.items;",
    ),
    (
        (
            "create table public.log (at date not null, what text) partition by range (at);\n"
            "create table public.log_old partition of public.log\n"
            "for values from ('2024-01-01') to ('2025-01-01');\n"
            "create table public.log_new partition of public.log\n"
            "for values from ('2025-01-01') to ('2026-01-01');\n"
            "create index log_at_idx on public.log (at);\n"
            "insert into public.log select '2024-06-01', 'x' from generate_series(1, 1000);"
        ),
        "drop table public.log;",
    ),
    (
        (
            "create function public.note() returns trigger language plpgsql set search_path = ''\n"
            "as $$ begin insert into public.log values ('2025-02-02', 'n'); return null; end $$;\n"
            "create trigger t10_note after insert on public.items execute function public.note();"
        ),
        "drop trigger t10_note on public.items;\ndrop function public.note();",
    ),
    (
        "-- autocommit\ncreate index concurrently items_touched_idx on public.items (touched);\n",
        "-- autocommit\ndrop index concurrently public.items_touched_idx;\n",
    ),
    (
        (
            "create view public.touched as select id from public.items where touched > 0;\n"
            "comment on view public.touched is 'Those that were touched.';"
        ),
        "drop view public.touched;",
    ),
    (
        "alter table public.items add name text;\nupdate public.items set name = id::text;",
        "alter table public.items drop name;",
    ),
    (
        "-- autocommit\nalter table public.log detach partition public.log_old concurrently;\n",
        # What detaching concurrently leaves on the partition goes when it is attached again.
        (
            "alter table public.log attach partition public.log_old\n"
            "for values from ('2024-01-01') to ('2025-01-01');\n"
            "alter table public.log_old drop constraint log_old_at_check;"
        ),
    ),
    (
        "-- autocommit\ncreate unique index concurrently items_name_key on public.items (name);\n",
        "-- autocommit\ndrop index concurrently public.items_name_key;\n",
    ),
    (
        (
            "create materialized view public.counted as select count(*) as n from public.items;\n"
            "create unique index counted_n_idx on public.counted (n);"
        ),
        "drop materialized view public.counted;",
    ),
    (
        "-- autocommit\ndrop index concurrently public.items_touched_idx;\n",
        "-- autocommit\ncreate index concurrently items_touched_idx on public.items (touched);\n",
    ),
    (
        (
            "alter table public.items enable row level security;\n"
            "create policy items_select_all on public.items for select to public using (true);"
        ),
        (
            "drop policy items_select_all on public.items;\n"
            "alter table public.items disable row level security;"
        ),
    ),
    (
        "drop view public.touched;\nalter table public.items alter touched type bigint;",
        (
            "alter table public.items alter touched type int;\n"
            "create view public.touched as select id from public.items where touched > 0;\n"
            "comment on view public.touched is 'Those that were touched.';"
        ),
    ),
)
BUILDS, DETACHES, LAST = "0004", "0007", "0012"
STEPS = len(_STEPS)
DETACHED = "log_old"


def fill_eventfully(project: SmallProject) -> None:
    """Give a project twelve revisions: in transactions and outside, up and down."""
    for up, down in _STEPS:
        project.add(up, down)

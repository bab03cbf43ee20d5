"""The page of a review: the verdict first, and nothing in it that breaks Markdown."""

import dataclasses
import json

from toolkit.catalog import Identity, Kind
from toolkit.catalog.comparison import Change, Difference
from toolkit.review import LateBound, Loss, Packet, Remark, Way, render_packet
from toolkit.trace import Lock, Mode, Overrun, Relation, RevisionTrace, StatementTrace

THINGS = Relation("public.things", "table")
TABLE = Identity(Kind.TABLE, "public", "things")
LOCK = Lock(THINGS, Mode.SHARE)


def way(*, is_upgrade: bool) -> Way:
    statements = (StatementTrace(3, "create index | on `t`", (LOCK,), (), (), 2.5, 2048),)
    trace = RevisionTrace("0007", is_upgrade, False, statements)
    return Way("create index on t (a);\n", trace, (), (), (), ())


PACKET = Packet(
    revision="0007",
    parent="0006",
    claim="Index things.",
    reverse="drops it.",
    server="PostgreSQL 17.0, container",
    rows={"public.things": 1200},
    up=way(is_upgrade=True),
    down=way(is_upgrade=False),
    changes=(Difference(TABLE, Change.CHANGED, "comment", "a|b", "<c>"),),
    not_restored=(),
    not_repeated=(),
    late_bound=(),
    unread="",
    unclear="",
    failures=(),
)


def test_a_clean_revision_says_so_and_shows_its_locks_changes_and_sql() -> None:
    page = render_packet(PACKET)

    assert page.startswith("# Revision 0007: Index things.\n\n**Nothing found")
    assert "| share | `public.things` | writers | 3 | 2.5 ms |" in page
    assert "1 statement, 2.5 ms, 2 KiB of WAL" in page
    assert "rows in public.things 1,200" in page
    assert "```sql\ncreate index on t (a);\n```" in page
    assert "<summary>0007.down.sql</summary>" in page
    assert "Its author: drops it." in page


def test_what_would_break_a_table_is_escaped() -> None:
    page = render_packet(PACKET)

    assert "`create index \\| on 't'`" in page
    assert "| a\\|b | &lt;c> |" in page


def test_every_finding_stands_before_everything_else() -> None:
    overrun = Overrun("0007", "up", "took too much", "take less")
    broken = LateBound("public.f()", 4, 'column "note" does not exist', "column public.things.note")
    packet = dataclasses.replace(
        PACKET,
        up=dataclasses.replace(PACKET.up, overruns=(overrun,)),
        late_bound=(broken,),
        not_restored=(Difference(TABLE, Change.MISSING),),
        not_repeated=(Difference(TABLE, Change.CHANGED, "owner", "a", "b"),),
        failures=("0007.down.sql fails",),
        unclear="revision 0007 does not say what it does under Locks",
    )

    page = render_packet(packet)

    assert "**6 findings: not to be applied as it is.**" in page.split("## ")[0]
    assert list(packet.findings) == [
        f"breaks a body: {broken}",
        "0007.down.sql fails",
        "revision 0007 does not say what it does under Locks",
        "0007.up.sql took too much",
        "the way back does not restore table public.things: missing",
        "going up again makes something else: table public.things: owner: a became b",
    ]


def test_where_nobody_looked_into_bodies_it_is_said_before_the_locks() -> None:
    page = render_packet(dataclasses.replace(PACKET, unread="extension x is not on this server"))

    head = page.partition("## Locks")[0]
    assert (
        "> **Bodies of PL/pgSQL were not looked into: extension x is not on this server.**" in head
    )


def test_losses_hazards_and_remarks_are_listed_by_file() -> None:
    down = dataclasses.replace(
        PACKET.down,
        losses=(Loss(TABLE, "dropped", 1200),),
        hazards=("it hurts",),
        remarks=(Remark(3, "ban-drop-table", "Dropping | breaks."),),
    )

    page = render_packet(dataclasses.replace(PACKET, down=down))

    assert "- Going down: table public.things, dropped: 1,200 in the data tried with" in page
    assert "- 0007.down.sql: it hurts" in page
    assert "- 0007.down.sql: line 3, ban-drop-table: Dropping \\| breaks." in page


def test_machines_get_the_same_as_plain_values() -> None:
    document = json.loads(json.dumps(PACKET.as_json()))

    assert document["findings"] == []
    assert document["up"]["locks"] == [
        {"relation": "public.things", "mode": "share", "held_ms": 2.5}
    ]
    assert document["changes"][0]["change"] == "changed"
    assert document["late_bound_unread"] is None

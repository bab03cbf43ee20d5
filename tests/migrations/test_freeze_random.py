"""Whatever is edited in sql/: it freezes, it proves, and the way back to base leads to nothing."""

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.migrations.projects import SmallProject
from toolkit.catalog import Facts, read_facts
from toolkit.clones import clone, forget
from toolkit.connect import connect
from toolkit.freeze.freezing import NothingToFreeze, find_pending, freeze
from toolkit.runner import downgrade, upgrade
from toolkit.server import Server
from toolkit.server.model import PRISTINE_TEMPLATE
from toolkit.settings import Settings

UP = "create schema app; create table app.items (id int primary key, price numeric, name text);"
DOWN = "drop table app.items; drop schema app;"


@dataclass(frozen=True, slots=True)
class State:
    """One state of sql/.

    Args:
        returns: what the function at the bottom returns; nothing stands on another one.
        body: a constant in that function.
        opened: the role that may call it.
        commented: whether it has a comment.
        view: whether there is a view over the function and the table, and which columns it has.
        kept: whether there is a materialized view over the view, and which index it has.
        trigger: whether there is a trigger, and for which event.
        policy: whether there is a policy that calls the function, and for which role.
        caller: whether a routine's parsed body calls the function.
    """

    returns: str
    body: int
    opened: str
    commented: bool
    view: str
    kept: str
    trigger: str
    policy: str
    caller: bool

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield path and text of every file."""
        comment = "comment on function app.factor(int) is 'a factor';\n" * self.commented
        yield (
            "functions/app/factor.sql",
            (
                f"-- The factor.\ncreate or replace function app.factor(n int)\n"
                f"returns {self.returns}\nlanguage sql\nimmutable\n"
                f"begin atomic\n    select n * {self.body};\nend;\n"
                "revoke execute on function app.factor(int) from public;\n"
                f"grant execute on function app.factor(int) to {self.opened};\n{comment}"
            ),
        )
        yield (
            "functions/app/touch_trigger.sql",
            (
                "create or replace function app.touch_trigger()\nreturns trigger\n"
                f"language plpgsql\nas $$\nbegin\n    new.price := {self.body};\n    return new;\n"
                "end;\n$$;\n"
            ),
        )
        if self.view:
            yield (
                "views/app/priced.sql",
                (
                    "create or replace view app.priced as\n"
                    f"select {self.view}, app.factor(id) as factor from app.items;\n"
                    f"grant select on app.priced to {self.opened};\n"
                ),
            )
        if self.view and self.kept:
            yield (
                "views/app/totals.sql",
                (
                    "create materialized view app.totals as\n"
                    "select id, max(factor) as factor from app.priced group by id;\n"
                    f"create {self.kept} on app.totals (id);\n"
                ),
            )
        if self.trigger:
            yield (
                "triggers/app/items.t30_touch.sql",
                (
                    f"create or replace trigger t30_touch\nbefore {self.trigger} on app.items\n"
                    "for each row\nexecute function app.touch_trigger();\n"
                ),
            )
        if self.policy:
            yield (
                "access/app/items.sql",
                (
                    "revoke all on app.items from anon, authenticated;\n"
                    f"grant select on app.items to {self.policy};\n"
                    "alter table app.items enable row level security;\n"
                    "drop policy if exists items_select on app.items;\n"
                    f"create policy items_select on app.items\nfor select to {self.policy}\n"
                    "using (app.factor(id) > 0);\n"
                ),
            )
        if self.caller:
            yield (
                "functions/app/call_factor.sql",
                (
                    "create or replace function app.call_factor()\nreturns numeric\nstable\n"
                    "begin atomic\n    select sum(app.factor(id)) from app.items;\nend;\n"
                ),
            )


STATES = st.builds(
    State,
    returns=st.sampled_from(["int", "bigint", "numeric"]),
    body=st.integers(1, 3),
    opened=st.sampled_from(["anon", "authenticated"]),
    commented=st.booleans(),
    view=st.sampled_from(["", "id", "id, name", "id, price as name"]),
    kept=st.sampled_from(["", "index totals_a_idx", "unique index totals_b_idx"]),
    trigger=st.sampled_from(["", "insert", "update"]),
    policy=st.sampled_from(["", "anon", "authenticated"]),
    caller=st.booleans(),
)
_NUMBERS = itertools.count()


@given(states=st.lists(STATES, min_size=2, max_size=3, unique=True))
@settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_edits_freeze_prove_and_lead_back_to_nothing(
    states: list[State], server: Server, tmp_path: Path
) -> None:
    _walk(states, server, tmp_path)


@pytest.mark.deep
@given(states=st.lists(STATES, min_size=3, max_size=6, unique=True))
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_many_edits_freeze_prove_and_lead_back_to_nothing(
    states: list[State], server: Server, tmp_path: Path
) -> None:
    _walk(states, server, tmp_path)


def _walk(states: list[State], server: Server, tmp_path: Path) -> None:
    root = tmp_path / f"project{next(_NUMBERS)}"
    project, chosen = SmallProject.create(root), Settings(project_root=root)
    project.add(UP, DOWN)
    for number, state in enumerate(states):
        shutil.rmtree(root / "sql", ignore_errors=True)
        for path, text in state.files():
            file = root / "sql" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        try:
            freeze(server, chosen, f"Reach state {number}")
        except NothingToFreeze:
            # Two states may differ only in what a third file would have shown.
            assert number > 0
    assert find_pending(server, chosen) == ()
    _check_way_back(server, root)
    forget(server, root)


def _check_way_back(server: Server, root: Path) -> None:
    with clone(server, PRISTINE_TEMPLATE) as database:
        empty = _facts(database.url)
        upgrade(root, database.url)
        downgrade(root, database.url, "base")

        assert _facts(database.url).objects == empty.objects


def _facts(url: str) -> Facts:
    with connect(url) as connection:
        return read_facts(connection)

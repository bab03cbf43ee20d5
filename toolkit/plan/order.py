"""The order of steps: what must come first does, what should come first does where it can.

Pure, and always the same for the same graph.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from toolkit.catalog import Kind
from toolkit.plan.graph import Graph, Step, Turn

_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_LAST = len(_RANK)
Befores = Mapping[Step, set[Step]]


def circles(graph: Graph) -> list[frozenset[Step]]:
    """Return the groups of steps that have to come before each other. O(steps + edges)."""
    return [group for group in _groups(graph.steps, graph.hard) if len(group) > 1]


def in_order(graph: Graph) -> list[Step]:
    """Sort the steps of a graph without circles of what must be.

    What is long and blocks nobody comes first, with all that it waits for; then what lets go, what
    goes, what comes, what changes. O((steps + edges) log steps).
    """
    befores = {step: set(graph.hard.get(step, ())) for step in graph.steps}
    for step, wished in graph.soft.items():
        befores[step] |= wished & graph.steps
    for group in _groups(graph.steps, befores):
        if len(group) > 1:
            for step in group:
                befores[step] -= (graph.soft.get(step, set()) - graph.hard.get(step, set())) & group
    return list(_sorted(befores, _early(befores)))


def violated(graph: Graph, order: list[Step]) -> Iterator[tuple[Step, Step]]:
    """Yield the wishes that an order could not grant: who wished, and for what before it."""
    place = {step: at for at, step in enumerate(order)}
    for step, wished in graph.soft.items():
        yield from ((step, one) for one in sorted(wished) if place[one] > place[step])


def _early(befores: Befores) -> frozenset[Step]:
    """Return the building of new views with everything it waits for."""
    found = {step for step in befores if step.turn is Turn.BUILD}
    waiting = list(found)
    while waiting:
        for before in befores[waiting.pop()]:
            if before not in found:
                found.add(before)
                waiting.append(before)
    return frozenset(found)


def _sorted(befores: Befores, early: frozenset[Step]) -> Iterator[Step]:
    def key(step: Step) -> tuple[bool, Turn, int, Step]:
        rank = _RANK[step.identity.kind]
        falls = step.turn in (Turn.HOLLOW, Turn.DROP)
        return step not in early, step.turn, _LAST - rank if falls else rank, step

    afters: defaultdict[Step, list[Step]] = defaultdict(list)
    for step, needed in befores.items():
        for before in needed:
            afters[before].append(step)
    waiting = {step: len(needed) for step, needed in befores.items()}
    ready = [key(step) for step, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    while ready:
        *_, step = heapq.heappop(ready)
        yield step
        for after in afters[step]:
            waiting[after] -= 1
            if waiting[after] == 0:
                heapq.heappush(ready, key(after))


def _groups(steps: Iterable[Step], befores: Befores) -> Iterator[frozenset[Step]]:
    """Yield the strongly connected groups, by Tarjan's algorithm."""
    walk = _Walk(befores)
    for root in sorted(steps):
        if root not in walk.index:
            yield from walk.groups_from(root)


class _Walk:
    """Tarjan's walk without recursion: chains of needs may be longer than Python's stack."""

    def __init__(self, befores: Befores) -> None:
        self.index: dict[Step, int] = {}
        self._befores = befores
        self._low: dict[Step, int] = {}
        self._path: list[Step] = []
        self._on_path: set[Step] = set()

    def groups_from(self, root: Step) -> Iterator[frozenset[Step]]:
        """Yield the groups that can be reached from one step and were not seen before."""
        work = [(root, self._enter(root))]
        while work:
            step, others = work[-1]
            unseen = self._next_unseen(step, others)
            if unseen is not None:
                work.append((unseen, self._enter(unseen)))
                continue
            work.pop()
            if work:
                above = work[-1][0]
                self._low[above] = min(self._low[above], self._low[step])
            if self._low[step] == self.index[step]:
                yield self._leave(step)

    def _enter(self, step: Step) -> Iterator[Step]:
        self.index[step] = self._low[step] = len(self.index)
        self._path.append(step)
        self._on_path.add(step)
        return iter(sorted(self._befores.get(step, ())))

    def _next_unseen(self, step: Step, others: Iterator[Step]) -> Step | None:
        for other in others:
            if other not in self.index:
                return other
            if other in self._on_path:
                self._low[step] = min(self._low[step], self.index[other])
        return None

    def _leave(self, step: Step) -> frozenset[Step]:
        group = set()
        while step not in group:
            group.add(self._path.pop())
        self._on_path -= group
        return frozenset(group)

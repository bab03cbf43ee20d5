"""Finding workloads by path and name."""

from pathlib import Path
from textwrap import dedent

import pytest

from toolkit.bench.progress import silent
from toolkit.bench.tenant import WorkloadMissing, list_workloads, load_dataset, load_workload

WORKLOAD = """
    from toolkit.bench.workload import Variant, Workload
    from {package}.neighbour import ANSWER

    WORKLOAD = Workload(
        name="count_things",
        question="how many?",
        axis="things",
        columns=("total",),
        sizes={{0: (10, 1), 5: (10, 100)}},
        headline=10,
        baseline="only",
        candidate="{candidate}",
        subject=lambda connection, size: size,
        sign_in=lambda connection, arguments: None,
        variants=(Variant("only", "the one way", lambda client, arguments: ANSWER),),
    )
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tenant's folder with one workload and a module beside it."""
    made = tmp_path / "tenant"
    made.mkdir()
    (made / "neighbour.py").write_text("ANSWER = [(3,)]\n")
    write_workload(made, candidate="only")
    return made


def write_workload(folder: Path, *, candidate: str) -> None:
    text = dedent(WORKLOAD).format(package=folder.name, candidate=candidate)
    (folder / "count_things.py").write_text(text)


def test_a_workload_is_found_by_the_name_of_its_file(folder: Path) -> None:
    workload = load_workload(folder, "count_things")

    assert workload.name == "count_things"
    assert workload.every_size == (1, 10, 100)
    assert workload.variant("only").summary == "the one way"


def test_only_files_that_define_one_are_listed(folder: Path) -> None:
    assert list_workloads(folder) == ("count_things",)


@pytest.mark.parametrize("name", ["neighbour", "absent", "../count_things"])
def test_another_name_is_refused_with_the_names_there_are(folder: Path, name: str) -> None:
    with pytest.raises(WorkloadMissing) as caught:
        load_workload(folder, name)

    assert name in caught.value.message
    assert caught.value.detail.endswith("holds count_things")


def test_a_workload_that_recommends_a_variant_it_lacks_is_a_bug(folder: Path) -> None:
    write_workload(folder, candidate="absent")

    with pytest.raises(ValueError, match="absent"):
        load_workload(folder, "count_things")


def test_two_tenants_with_folders_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    for tenant, answer in (("one", 1), ("two", 2)):
        folder = tmp_path / tenant / "tenant"
        folder.mkdir(parents=True)
        (folder / "neighbour.py").write_text(f"ANSWER = [({answer},)]\n")
        write_workload(folder, candidate="only")

    for tenant, answer in (("one", 1), ("two", 2)):
        workload = load_workload(tmp_path / tenant / "tenant", "count_things")
        found = workload.variant("only").answer(None, None)  # type: ignore[arg-type]  # unused

        assert found == [(answer,)]


def test_the_loader_of_data_is_the_function_load_of_dataset(folder: Path) -> None:
    with pytest.raises(WorkloadMissing):
        load_dataset(folder)

    (folder / "dataset.py").write_text("def load(*args, **kwargs): return {'things': 3}\n")

    loaded = load_dataset(folder)(None, database="", size="", progress=silent)  # type: ignore[arg-type]  # unused
    assert loaded == {"things": 3}

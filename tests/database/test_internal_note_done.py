"""internal.note_done(): a watermark that never moves back."""

from tests.database.conftest import World


def test_a_watermark_moves_on_and_never_back(world: World) -> None:
    later = world.value("select internal.note_done('j', '2026-06-02+00')")
    earlier = world.value("select internal.note_done('j', '2026-06-01+00')")

    assert earlier == later
    assert world.value("select count(*) from internal.job_watermarks where job = 'j'") == 1


def test_callers_of_the_api_do_not_get_in(world: World) -> None:
    user_id = world.sign_up()

    for role in ("anon", "authenticated", "service_role"):
        code, *_ = world.refused(role, user_id, "select internal.note_done('j', now())")
        assert code == "42501"

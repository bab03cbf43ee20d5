"""What migrations/env.py does: the runner's work, or a look at sql/.

`alembic check` and `alembic revision --autogenerate` compare on a scratch server, whatever database
was named.
"""

from alembic.runtime.environment import EnvironmentContext

from toolkit.runner.environment import run_environment as run_revisions


def run_environment(context: EnvironmentContext) -> None:
    """Do what Alembic's command asked for.

    Raises:
        ToolkitError: it was refused or failed.
    """
    if context.is_offline_mode() or not _is_comparing(context):
        run_revisions(context)
        return
    # Imported only here: a run of revisions needs none of what freezing does.
    from toolkit.freeze.comparing import compare_sources

    compare_sources(context)


def _is_comparing(context: EnvironmentContext) -> bool:
    """Tell whether a command asks for differences; only a configured context gives it away."""
    context.configure(dialect_name="postgresql")
    asked = context.get_context().opts.get("revision_context")
    return asked is not None and bool(asked.command_args["autogenerate"])

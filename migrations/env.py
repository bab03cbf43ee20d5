"""The door between Alembic and the toolkit; everything behind it is the toolkit's."""

import sys
from typing import cast

from alembic import context as current
from alembic.runtime.environment import EnvironmentContext

from toolkit.errors import ToolkitError
from toolkit.freeze.environment import run_environment
from toolkit.runner.target import URL_ATTRIBUTE
from toolkit.runner.voice import speak_on_stderr

# Alembic's module stands for the context of the running command, function by function.
context = cast("EnvironmentContext", current)
if URL_ATTRIBUTE in context.config.attributes:
    run_environment(context)
else:
    # Called by the command `alembic`, which knows neither our errors nor their exit codes.
    speak_on_stderr(as_json="progress=json" in context.get_x_argument())
    try:
        run_environment(context)
    except ToolkitError as error:
        print(error.as_text(), file=sys.stderr)
        sys.exit(error.exit_code)

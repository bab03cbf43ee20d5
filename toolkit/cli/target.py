"""The database a command is about, when it must be named."""

from toolkit.errors import SettingsError
from toolkit.settings import Settings


def named_target(settings: Settings) -> str:
    """Return the target's URL.

    Raises:
        SettingsError: nobody named one.
    """
    if settings.database_url is None:
        raise SettingsError(
            "no database was named",
            detail="neither --database-url nor HEPHAITOS_DATABASE_URL is set",
            hint="Add --database-url postgresql://user:password@host:port/database.",
        )
    return settings.database_url

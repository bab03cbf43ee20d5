"""Prerequisites of a target: what must be there before the first revision, and who can provide it.

Roles belong to the cluster, so no revision makes them and no downgrade drops them.
"""

from toolkit.prepare.lacks import Lack, missing
from toolkit.prepare.plan import Change
from toolkit.prepare.roles import PrerequisiteRefused, prepare, prepare_server
from toolkit.prepare.target import is_real_supabase

__all__ = [
    "Change",
    "Lack",
    "PrerequisiteRefused",
    "is_real_supabase",
    "missing",
    "prepare",
    "prepare_server",
]

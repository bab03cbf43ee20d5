"""Plans: from the facts that are there to the facts that are wanted, as ordered statements.

Pure: nothing here opens a connection.
"""

from toolkit.plan.model import Action, Plan, Statement, Strategy, Unplanned
from toolkit.plan.planning import make_plan

__all__ = ["Action", "Plan", "Statement", "Strategy", "Unplanned", "make_plan"]

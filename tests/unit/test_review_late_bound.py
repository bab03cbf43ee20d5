"""Which name a body missed, and what took it away; where nobody can look, what mentions it."""

import pytest

from toolkit.bodies import Complaint, new_complaints
from toolkit.catalog import Fact, Facts, Identity, Kind
from toolkit.review.late_bound import judge_complaints, suspected

NOTE = Identity(Kind.COLUMN, "public", "things", "note")
OTHER_NOTE = Identity(Kind.COLUMN, "public", "others", "note")
THINGS = Identity(Kind.TABLE, "public", "things")
FIND = Identity(Kind.FUNCTION, "public", "find", "integer")
READ = Identity(Kind.FUNCTION, "public", "read_notes", "")


def facts(*known: Fact) -> Facts:
    return Facts.of(17, known)


def reader(body: str, returns: str = "text") -> Fact:
    definition = f"CREATE FUNCTION read_notes()\n LANGUAGE plpgsql\nAS $function${body}$function$\n"
    attributes = (("definition", definition), ("language", "plpgsql"), ("returns", returns))
    return Fact(READ, attributes)


def test_a_complaint_is_new_by_what_it_says_and_not_by_its_line() -> None:
    before = [Complaint("f()", 3, "it is broken")]
    after = [Complaint("f()", 9, "it is broken"), Complaint("g()", 3, "it is broken")]

    assert new_complaints(before, after) == (after[1],)


@pytest.mark.parametrize(
    ("message", "query", "lost", "cause"),
    [
        ('column "note" does not exist', "select note from public.things", NOTE, str(NOTE)),
        ("column things.note does not exist", "", NOTE, str(NOTE)),
        ('record "new" has no field "note"', "", NOTE, str(NOTE)),
        ('relation "public.things" does not exist', "", THINGS, str(THINGS)),
        ("function public.find(integer) does not exist", "", FIND, str(FIND)),
        ('column "notes" does not exist', "", NOTE, ""),
        ('relation "public.note" does not exist', "", NOTE, ""),
    ],
)
def test_the_cause_is_what_went_and_is_named(
    message: str, query: str, lost: Identity, cause: str
) -> None:
    (found,) = judge_complaints([Complaint("f()", 4, message, query)], facts(Fact(lost)), facts())

    assert (found.function, found.line, found.cause) == ("f()", 4, cause)


def test_of_two_columns_of_one_name_it_is_the_one_whose_table_the_statement_names() -> None:
    complaint = Complaint("f()", 1, 'column "note" does not exist', "select note from things")

    (found,) = judge_complaints([complaint], facts(Fact(OTHER_NOTE), Fact(NOTE)), facts())

    assert found.cause == "column public.things.note"
    assert str(found) == (
        'f() line 1: column "note" does not exist; this revision takes away '
        "column public.things.note"
    )


def test_a_mention_of_what_went_is_told_with_its_line() -> None:
    body = "\nbegin\n    return (select things.note from public.things);\nend;\n"

    found = list(suspected(facts(Fact(NOTE), reader(body)), facts(reader(body))))

    (line,) = found
    place, _, text = line.partition(": ")
    assert place == "function public.read_notes() line 3 mentions column public.things.note"
    assert text == "return (select things.note from public.things);"


def test_a_column_of_a_table_that_is_not_named_is_no_mention_but_in_a_trigger() -> None:
    body = "\nbegin\n    new.note := 1;\nend;\n"

    assert not list(suspected(facts(Fact(NOTE), reader(body)), facts(reader(body))))
    trigger = reader(body, returns="trigger")
    assert len(list(suspected(facts(Fact(NOTE), trigger), facts(trigger)))) == 1


def test_nothing_is_suspected_when_nothing_went() -> None:
    assert not list(suspected(facts(Fact(NOTE)), facts(Fact(NOTE), reader("note things"))))

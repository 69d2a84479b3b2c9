import pickle

import pytest

from cpdynamics import errors
from cpdynamics.errors import BadValue, CpdynamicsError, clipped, nearest, unknown_name


def test_an_error_reads_as_one_line_of_what_came_what_was_expected_and_what_to_try():
    error = BadValue("births\n is 9.", "0 to 5 was\texpected.", "Try 3.")
    assert str(error) == "births is 9. 0 to 5 was expected. Try 3."


def test_an_empty_part_leaves_no_gap():
    assert str(BadValue("births is 9.", "", "Try 3.")) == "births is 9. Try 3."


def test_an_error_survives_the_way_from_another_process():
    error = pickle.loads(pickle.dumps(BadValue("came", "expected", "remedy")))
    assert (type(error), error.came, error.expected, error.remedy) == (
        BadValue,
        "came",
        "expected",
        "remedy",
    )


def test_every_error_of_ours_is_caught_by_one_name():
    kinds = [kind for name, kind in vars(errors).items() if name.istitle() or name[0].isupper()]
    kinds = [kind for kind in kinds if getattr(kind, "__module__", "") == errors.__name__]
    kinds.remove(errors.Notice)  # no error: a run goes on
    assert issubclass(errors.Notice, UserWarning)
    assert len(kinds) > 8
    assert all(issubclass(kind, CpdynamicsError) for kind in kinds)


def test_a_notice_is_given_from_the_line_that_asked():
    def outside():
        exec(compile("tell('Slower.')", "theirs.py", "exec"), {"tell": errors.tell})

    with pytest.warns(errors.Notice, match="Slower") as told:
        outside()
    assert told[0].filename == "theirs.py"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("childern in care", 'Did you mean "Children in Care"?'),
        ("Repeat_Referral", 'Did you mean "repeat referrals"?'),
        ("care", 'Did you mean "Children in Care"?'),
        ("zzz", 'There are: "Children in Care", "repeat referrals".'),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(typed, offered):
    assert nearest(typed, ["Children in Care", "repeat referrals"]) == offered


def test_a_long_list_is_counted_and_an_empty_one_admitted():
    assert nearest("zzz", [f"name {i}" for i in range(30)]).startswith("There are 30 names")
    assert nearest("zzz", []) == "There are none here."


def test_unknown_name_says_what_it_was_meant_to_be():
    error = unknown_name("scenario", "cuts", ["cut"])
    assert str(error) == 'There is no scenario called "cuts". Did you mean "cut"?'


def test_a_book_typed_as_a_name_does_not_fill_the_screen():
    assert len(str(unknown_name("variable", "x" * 5000, ["births"]))) < 200
    assert clipped("a\n b") == "a b"

"""Tables as text: columns line up, whatever is in them."""
from nnlib.text_table import text_table

ROWS = [("layer", "output", "parameters"), ("Affine(3, 4)", "(N, 4)", "16"), ("ReLU()", "(N, 4)", ""), ("total", "", "16")]


def test_the_first_column_is_left_and_numbers_are_right_with_a_rule_below_the_head():
    assert text_table([("way", "seconds"), ("slow", "12.5"), ("quicker", "7")]) == """\
way      seconds
----------------
slow        12.5
quicker        7"""


def test_columns_and_rules_stand_where_they_are_asked_for_and_no_line_ends_in_blanks():
    assert text_table(ROWS, "<<>", rules=(1, 3)) == """\
layer         output  parameters
--------------------------------
Affine(3, 4)  (N, 4)          16
ReLU()        (N, 4)
--------------------------------
total                         16"""

"""Operations and the time the ceiling allows, against numbers worked out by hand."""

import pytest

from remy.bench.cases import Case
from remy.bench.problem import make_problem
from remy.bench.work import allowed_seconds, operations, work
from tests.bench import small


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        # 2 * B*T * G*H * (I + H), and three times that in training
        (Case("simple_rnn", "inference", 3, 6, 5, 7), 2 * 18 * 7 * 12),
        (Case("gru", "inference", 3, 6, 5, 7), 2 * 18 * 21 * 12),
        (Case("lstm", "training", 3, 6, 5, 7), 3 * 2 * 18 * 28 * 12),
        (Case("lstm", "step", 1, 1, 5, 7), 2 * 28 * 12),
        # two directions of 5 inputs, and above them two of 14
        (
            Case("lstm", "inference", 3, 6, 5, 7, layers=2, bidirectional=True),
            2 * 18 * 28 * (2 * 12 + 2 * 21),
        ),
    ],
)
def test_the_operations_of_a_case_are_those_of_its_matrix_products(case: Case, expected: int) -> None:
    assert operations(make_problem(case)) == expected


def test_padding_is_no_work() -> None:
    problem = make_problem(small.case(mode="inference", batch=50, mixed=True))
    assert problem.lengths is not None
    assert problem.lengths.min() >= 1
    assert problem.lengths.max() <= 6
    assert problem.valid_steps == problem.lengths.sum() < 300
    assert operations(problem) == 2 * problem.lengths.sum() * 28 * 12
    assert not problem.d_outputs[~problem.valid].any()


def test_several_rows_are_allowed_the_time_of_a_large_product() -> None:
    problem = make_problem(small.case("gru"))
    assert allowed_seconds(work(problem), 1e9, lambda size: 1.0) == operations(problem) / 1e9


@pytest.mark.parametrize(("mode", "products", "reads"), [("inference", 5, 1), ("training", 3 * 5 + 7, 2)])
def test_one_row_reads_the_recurrent_kernel_at_every_step(mode: str, products: int, reads: int) -> None:
    sizes = []

    def bandwidth(size: int) -> float:
        sizes.append(size)
        return 1e10

    allowed = allowed_seconds(work(make_problem(small.case(mode=mode, batch=1))), 1e9, bandwidth)
    recurrent_bytes = 4 * 7 * 28
    assert sizes == [recurrent_bytes]
    assert allowed == pytest.approx(2 * 6 * 28 * products / 1e9 + reads * 6 * recurrent_bytes / 1e10)

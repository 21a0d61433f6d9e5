"""What counts as the same fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from extraction_fakes import at, day, fact

from fusion_memory.core.knowledge import Claim, FactState, FactType, Polarity
from fusion_memory.evals.fact_matching import assign, holds, matches, right_time
from fusion_memory.evals.fact_records import Expected


class TestMatching:
    want = Expected(("preference",), "user", ("jazz",))

    def test_the_type_the_subject_the_pieces_and_the_denial_must_be_right(self):
        right = fact("preference", "user", "likes", "jazz")
        assert matches(right, self.want)
        assert not matches(replace(right, type=FactType.FACT), self.want)
        assert not matches(replace(right, subject="Anna"), self.want)
        assert not matches(fact("preference", "user", "likes", "blues"), self.want)
        assert not matches(replace(right, polarity=Polarity.NEGATIVE), self.want)

    def test_dislikes_is_a_denial_and_does_not_dislike_is_none(self):
        denied = replace(self.want, denied=True)
        dislikes = fact("preference", "user", "dislikes", "jazz")
        assert matches(dislikes, denied)
        assert not matches(dislikes, self.want)
        assert matches(replace(dislikes, polarity=Polarity.NEGATIVE), self.want)
        assert matches(fact("preference", "user", "likes", "jazz", polarity=Polarity.NEGATIVE), denied)
        assert matches(dislikes, replace(self.want, denied=None))

    def test_what_is_over_counts_as_denied(self):
        denied = replace(self.want, denied=True)
        assert matches(fact("preference", "user", "likes", "jazz", state=FactState.ENDED), denied)
        claim = Claim(FactType.PREFERENCE, "user", "likes", "jazz", "user likes jazz", 0, 4, ends=True)
        assert matches(claim, denied)

    @pytest.mark.parametrize(
        ("subject", "expected", "same"),
        [
            ("user", "user", True),
            ("Anna", "user", False),
            ("user", "anna", False),
            ("my sister Anna", "anna", True),
            ("Anna", "Anna Kowalska", True),
            ("我妈妈", "妈妈", True),
            ("the server", "", True),
            ("user", "", True),
            ("", "anna", False),
        ],
    )
    def test_a_name_matches_when_either_holds_the_other(self, subject, expected, same):
        assert matches(fact("preference", subject, "likes", "jazz"), replace(self.want, subject=expected)) is same

    @pytest.mark.parametrize(
        ("words", "piece", "found"),
        [
            ("a retry limit of 5", "5", True),
            ("a retry limit of 50", "5", False),
            ("port 18443", "8443", False),
            ("he crashes", "crash", True),
            ("the subway", "way", False),
            ("重试次数是5次", "5", True),
            ("住在苏州", "苏州", True),
            ("浙a·7k2w9", "7k2w9", True),
        ],
    )
    def test_pieces_stand_at_the_start_of_words_and_numbers_are_whole(self, words, piece, found):
        assert holds(words, piece) is found

    def test_a_wrong_time_is_a_mismatch_and_a_missing_or_vague_one_is_only_not_right(self):
        want = replace(self.want, start=day(2026, 3, 3), end=day(2026, 3, 4))
        told = fact("preference", "user", "likes", "jazz")
        exact = replace(told, when=at(datetime(2026, 3, 3, 15, tzinfo=UTC), datetime(2026, 3, 3, 15, tzinfo=UTC)))
        vague = replace(told, when=at(day(2026, 3, 1), day(2026, 4, 1)))
        wrong = replace(told, when=at(day(2025, 3, 3), day(2025, 3, 4)))
        assert [matches(one, want) for one in (told, exact, vague, wrong)] == [True, True, True, False]
        assert [right_time(one, want) for one in (told, exact, vague)] == [False, True, False]

    def test_one_fact_meets_one_expectation(self):
        both = fact("preference", "user", "likes", "jazz and tea")
        tea = Expected(("preference",), "user", ("tea",))
        assert len(assign([self.want, tea], [both])) == 1

    def test_who_has_fewer_candidates_chooses_first(self):
        both = fact("preference", "user", "likes", "jazz tea")
        longer = fact("preference", "user", "likes", "jazz in smoky cellars")
        tea = Expected(("preference",), "user", ("tea",))
        assert assign([self.want, tea], [both, longer]) == {0: 1, 1: 0}

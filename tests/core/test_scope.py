import pytest

from fusion_memory import Principal, Scope
from fusion_memory.core.errors import AccessDenied, InvalidScope
from fusion_memory.core.scope import Action, Owner, RightsAuthorizer


@pytest.mark.parametrize("ids", [{}, {"session_id": "s"}, {"app_id": "a"}, {"session_id": "s", "app_id": "a"}])
def test_a_scope_names_at_least_one_owner(ids):
    with pytest.raises(InvalidScope):
        Scope(**ids)


@pytest.mark.parametrize("bad", ["", "  ", "x" * 257, "a\nb", "a\x00", "\ud800", 7])
def test_ids_that_could_mix_owners_are_refused(bad):
    with pytest.raises(InvalidScope):
        Scope(user_id=bad)


def test_the_owner_is_the_workspace_and_the_first_of_user_agent_run():
    assert Scope(workspace_id="w", user_id="u", agent_id="a").owner == Owner("w", "u", "", "")
    assert Scope(workspace_id="w", agent_id="a", run_id="r").owner == Owner("w", "", "a", "")
    assert Scope(run_id="r").owner == Owner("", "", "", "r")
    assert Scope(workspace_id="w").owner == Owner("w", "", "", "")


def test_owners_that_look_alike_differ():
    scopes = [Scope(user_id="x"), Scope(agent_id="x"), Scope(run_id="x"), Scope(workspace_id="x")]
    assert len({scope.owner for scope in scopes}) == 4


def test_the_other_ids_narrow():
    scope = Scope(user_id="u", agent_id="a", session_id="s")
    assert scope.narrowing == {"agent_id": "a", "session_id": "s"}
    assert scope.across_sessions().narrowing == {"agent_id": "a"}


def test_repr_shows_only_what_is_given():
    assert repr(Scope(user_id="u", session_id="s")) == "Scope(user_id='u', session_id='s')"


def test_a_principal_without_the_right_is_refused():
    reader = Principal("reader", frozenset({Action.READ}))
    authorizer = RightsAuthorizer()
    assert authorizer.authorize(reader, Action.READ, Scope(user_id="u")).principal is reader
    with pytest.raises(AccessDenied, match="may not write"):
        authorizer.authorize(reader, Action.WRITE, Scope(user_id="u"))

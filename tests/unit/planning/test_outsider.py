"""What holds tenants up is told once for all of them, with what to do."""

from diffapply.model.affected import Touched
from diffapply.planning.outsider import LeftAlone, Outsider, reasons

_COLUMN = Touched("column", "a", "b", "dropped", "")


def _outsider(name: str, tenant: str, scope: str, *, ignored: bool = False) -> Outsider:
    return Outsider(name, tenant, _COLUMN, scope, follows=False, ignored=ignored)


def _told(*outsiders: Outsider, unspoken: tuple[str, ...] = ()) -> tuple[str, ...]:
    return reasons({its.tenant: [its] for its in outsiders}, (), LeftAlone(unspoken=unspoken))


def test_what_is_alike_in_several_tenants_is_one() -> None:
    """Whether it is in each of them, or in one schema outside; it names a few tenants."""
    everywhere = [
        _outsider(f'trigger t on "Org {n}".x', f"Org {n}", f"Org {n}", ignored=True)
        for n in range(1, 301)
    ]
    _, told, _ = _told(*everywhere)
    assert told == (
        "trigger t on <tenant>.x depends on column <tenant>.a.b, which is dropped "
        "(300 tenants: Org 1, Org 2, Org 3 and 297 more)"
    )
    outside = [_outsider("view reporting.v", f"t_{n}", "reporting") for n in (2, 10)]
    assert _told(*outside)[1] == (
        "view reporting.v depends on column <tenant>.a.b, which is dropped (2 tenants: t_2, t_10)"
    )


def test_of_one_tenant_it_has_the_names() -> None:
    one = _outsider("view t_1.v", "t_1", "t_1", ignored=True)
    assert _told(one)[1] == "view t_1.v depends on column t_1.a.b, which is dropped"
    other = _outsider("view t_12.v", "t_1", "t_12")
    assert _told(other, _outsider("view t_2.v", "t_2", "t_2"))[1:3] == (
        "view t_12.v depends on column t_1.a.b, which is dropped",
        "view t_2.v depends on column t_2.a.b, which is dropped",
    )


def test_the_setting_that_leaves_it_alone_is_named() -> None:
    """`manage` for what the desired state does not speak of, otherwise `ignore`."""
    for name in ("function t_1.f()", "procedure t_1.f()", "materialized view t_1.v"):
        unspoken = "routine:*", "materialized view:*"
        why, _, advice = _told(_outsider(name, "t_1", "t_1", ignored=True), unspoken=unspoken)
        assert 'left alone by manage = "declared"' in why
        assert advice.startswith("declare it, so that the plan")
    view = _outsider("view t_1.v", "t_1", "t_1", ignored=True)
    why, _, advice = _told(view, unspoken=("routine:*",))
    assert why.startswith("something that is ignored")
    assert advice == "drop what is ignored first, or ignore it no longer"

from __future__ import annotations

import re

from deploy.compose.env_example import SET_BY_COMPOSE, STACK, render
from services.cli.variables import MODELS
from tests.compose.stack import COMPOSE_FILE, HA_FILE, ROOT, SECURE_FILE

EXAMPLE = (ROOT / "deploy" / ".env.example").read_text(encoding="utf-8")
COMPOSE = "".join(path.read_text(encoding="utf-8") for path in (COMPOSE_FILE, SECURE_FILE, HA_FILE))


def test_the_example_is_what_the_settings_say() -> None:
    """
    `python -m deploy.compose.env_example` has been run since the last change of a setting.
    """
    assert render() == EXAMPLE


def test_every_setting_of_a_service_stands_in_it_once() -> None:
    """
    But for those that compose.yaml sets itself.
    """
    wanted = {model.prefix + name.upper() for model in MODELS for name in model.model_fields} - SET_BY_COMPOSE
    named = re.findall(r"^#((?:NEWS|KAFKA)_\w+)=", EXAMPLE, flags=re.MULTILINE)

    assert sorted(named) == sorted(wanted)


def test_every_variable_of_the_stack_stands_in_it_with_its_default() -> None:
    """
    The compose files read no other, and takes the same defaults.
    """
    used = dict(re.findall(r"\$\{(STACK_\w+):-([^}]*)\}", COMPOSE)) | {"STACK_PIP_INDEX_URL": ""}

    assert used == {variable.name: variable.default for variable in STACK}


def test_compose_sets_what_the_example_leaves_out() -> None:
    """
    A setting is either the operator's or the stack's.
    """
    assert all(re.search(rf"\b{name}: ", COMPOSE) for name in SET_BY_COMPOSE)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.http.loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running

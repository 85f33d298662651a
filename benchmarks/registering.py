"""Registering over HTTP (registrering): four clients at once, each on a connection that stays open."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from benchmarks.clients import Client
from benchmarks.figures import Figure
from benchmarks.filling import WINDOW
from benchmarks.readings import FORUM
from benchmarks.servers import Sides
from benchmarks.stage import Stage
from benchmarks.timing import OURS, PEER, in_turn

CLIENTS = 4
EACH = 100
"""Deviations that each client registers in a round."""
PLAIN = "FastAPI + ORM"
TEXTS = ("Tre lyktstolpar är släckta vid gångvägen", "Krossat glas på skolgården", "Bänken vid torget är sönder")
CHANCE = Random(2023)


def new() -> dict[str, Any]:
    """Return the body of a deviation that has not been sent before; both sides take the same."""
    west, south, east, north = WINDOW
    return {
        "id": str(UUID(int=CHANCE.getrandbits(128), version=4)),
        "lon": round(CHANCE.uniform(west, east), 6),
        "lat": round(CHANCE.uniform(south, north), 6),
        "accuracy_m": 25.0,
        "occurred_from": (datetime.now(UTC) - timedelta(minutes=CHANCE.randrange(5, 10_000))).isoformat(),
        "category": "lighting",
        "text": CHANCE.choice(TEXTS),
    }


def measure(stage: Stage, sides: Sides, rounds: int) -> Figure:
    """Return the seconds for each deviation on both sides, each of them committed to the disk before it is answered."""
    asks: dict[str, Callable[[], float]] = {
        OURS: lambda: many(sides.ours, f"{FORUM}/deviations"),
        PEER: lambda: many(sides.plain, "/deviations"),
    }
    in_turn(1, asks)
    taken = in_turn(rounds, asks)
    what = f"Registering over HTTP, {CLIENTS} clients, durable"
    return Figure(what, stage.shown, "warm", taken[OURS], taken[PEER], PLAIN, per_second=True)


def many(side: Client, path: str) -> float:
    """Let the clients register at once, and return the seconds for each deviation."""
    bodies = [[new() for _ in range(EACH)] for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.perf_counter()
        sent = [pool.submit(_one_after_another, side.again(), path, own) for own in bodies]
        done = sum(each.result() for each in sent)
        return (time.perf_counter() - began) / done


def _one_after_another(client: Client, path: str, bodies: list[dict[str, Any]]) -> int:
    for body in bodies:
        client.post(path, body)
    client.close()
    return len(bodies)

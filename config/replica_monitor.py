"""Which replicas answer and are up to date: a thread for each looks every second, so that no request waits for one."""

from __future__ import annotations

import logging
import os
import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import DatabaseError, InterfaceError

CHECK_EVERY_S = 1.0
STALE_AFTER_S = 4.0  # a check that hangs: connecting alone may take two seconds
SAMPLES = 600  # ten minutes of the primary's positions
PRIMARY_POSITION = "SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint"
REPLICA_POSITION = "SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint"
ERRORS = (DatabaseError, InterfaceError, OSError)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ReplicaState:
    """What is known of one replica. positions: (time, bytes of write-ahead log) of the primary, ascending."""

    alias: str
    is_usable: bool = False
    checked_at: float = float("-inf")
    reason: str = "not checked yet"
    positions: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=SAMPLES))

    def lag_s(self, replayed: int, now: float) -> float:
        """Seconds since the primary was where this replica is now. 0 where it has replayed all that is known.

        The replica's own clock and last transaction do not tell: one that is cut off believes that it is up to date.
        """
        while self.positions and self.positions[0][1] <= replayed:
            self.positions.popleft()
        return now - self.positions[0][0] if self.positions else 0.0

    def note(self, *, is_usable: bool, reason: str = "") -> None:
        """Records a check's outcome; a change is logged."""
        if is_usable != self.is_usable:
            logger.warning("Replica %s is %s", self.alias, "asked again" if is_usable else f"not asked: {reason}")
        self.is_usable, self.reason, self.checked_at = is_usable, reason, time.monotonic()


class ReplicaMonitor:
    """Checks the replicas of settings.REPLICAS from the first `choose` on, anew in a forked process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self.states: dict[str, ReplicaState] = {}

    def choose(self) -> str | None:
        """A usable replica to which this thread is connected, at random; None where there is none."""
        self.start()
        usable = [state for state in self.states.values() if self._is_fresh(state)]
        for state in random.sample(usable, len(usable)):
            connection = connections[state.alias]
            try:
                connection.close_if_health_check_failed()
                connection.ensure_connection()
            except ERRORS as error:
                self.report_failure(state.alias, error)
            else:
                return state.alias
        return None

    def report_failure(self, alias: str, error: Exception) -> None:
        """A request met this failure: the replica is not asked until a check finds it well."""
        connections[alias].close()
        self.states[alias].note(is_usable=False, reason=str(error).strip())

    def start(self) -> None:
        """Starts the threads unless they run in this process."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid == os.getpid():
                return
            self._stopped = threading.Event()
            self.states = {alias: ReplicaState(alias) for alias in settings.REPLICAS}
            self._threads = [
                threading.Thread(target=self._watch, args=(state, self._stopped), daemon=True, name=f"check-{alias}")
                for alias, state in self.states.items()
            ]
            for thread in self._threads:
                thread.start()
            self._pid = os.getpid()

    def stop(self) -> None:
        """Ends the threads and waits for them; `choose` starts them anew."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        self._pid, self._threads, self.states = None, [], {}

    def _is_fresh(self, state: ReplicaState) -> bool:
        return state.is_usable and time.monotonic() - state.checked_at < STALE_AFTER_S

    def _watch(self, state: ReplicaState, stopped: threading.Event) -> None:
        while not stopped.is_set():
            check(state)
            stopped.wait(CHECK_EVERY_S)
        connections.close_all()  # this thread's own


def check(state: ReplicaState) -> None:
    """Asks primary and replica where they are, and notes whether the replica can be used.

    While the primary is away nothing is written and a replica that was well stays so.
    """
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(PRIMARY_POSITION)
            state.positions.append((time.monotonic(), int(cursor.fetchone()[0])))
    except ERRORS:
        connections[DEFAULT_DB_ALIAS].close()
    try:
        with connections[state.alias].cursor() as cursor:
            cursor.execute(REPLICA_POSITION)
            is_replica, replayed = cursor.fetchone()
    except ERRORS as error:
        connections[state.alias].close()
        state.note(is_usable=False, reason=str(error).strip())
        return
    if not is_replica:
        state.note(is_usable=False, reason="it is no replica: pg_is_in_recovery() is false")
        return
    lag = state.lag_s(int(replayed), time.monotonic())
    too_late = lag > settings.REPLICA_MAX_LAG_S
    state.note(is_usable=not too_late, reason=f"it lags {lag:.0f} s" if too_late else "")

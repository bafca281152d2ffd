"""Worker processes that never keep anybody waiting for one that was killed."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor


class Processes(ProcessPoolExecutor):
    """Python's own process pool, which notices a process that is killed, but not one that is killed while it sends a result.

    The pool then waits for the rest of the result as long as any process can write to the pipe, and the pool itself can.
    """

    def end_if_broken(self) -> None:
        """If a process has ended, end the others and the pipe, so that all results that are waited for fail."""
        if any(each.exitcode is not None for each in self._processes.values()):
            for each in self._processes.values():
                each.kill()
            self._result_queue._writer.close()  # type: ignore[attr-defined]  # noqa: SLF001  # no public way to end the wait

"""`python -I -S launch.py PROGRAM ARGUMENT...`: runs it and writes "STATUS CPU-SECONDS PEAK-BYTES" to standard output.

A process of its own, because the kernel counts what a process occupied before exec towards the peak of the program that
it becomes: measured from a large process, every small program would seem as large. This one occupies about a dozen
megabytes, below any compiler. The program's own output goes to standard error.
"""

import ctypes
import os
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36
ORPHANS_SECONDS = 30  # for what is left when the program has ended


def main() -> None:
    """Run, wait, report. Orphans of the program become children of this process, so that their time is counted."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        try:
            os.execvp(sys.argv[1], sys.argv[1:])
        except OSError as error:
            os.write(2, f"{sys.argv[1]}: {error.strerror}\n".encode())
            os._exit(127)
    status, cpu, peak = 0, 0.0, 0
    while True:
        try:
            ended, how, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cpu += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss * 1024)
        if ended == child:
            status = how
            signal.alarm(ORPHANS_SECONDS)  # whose default ends this process without an answer
    print(os.waitstatus_to_exitcode(status), cpu, peak)


if __name__ == "__main__":
    main()

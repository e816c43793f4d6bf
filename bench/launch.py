"""`python -I -S launch.py PROGRAM ARGUMENT...`: runs it and writes "STATUS CPU-SECONDS PEAK-BYTES" to standard output.

A process of its own, because the kernel counts what a process occupied before exec towards the peak of the program that
it becomes: measured from a large process, every small program would seem as large. This one occupies about ten
megabytes, below any compiler. The program's own output goes to standard error.
"""

import os
import sys


def main() -> None:
    """Run, wait, report."""
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        try:
            os.execvp(sys.argv[1], sys.argv[1:])
        except OSError as error:
            os.write(2, f"{sys.argv[1]}: {error.strerror}\n".encode())
            os._exit(127)
    _, status, used = os.wait4(child, 0)
    print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


if __name__ == "__main__":
    main()

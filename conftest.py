"""Makes the packages importable under pytest, from the source tree or from the native build that PYCC_NATIVE_DIR names.

Invariant: whatever directory a test stands in, `import compiler` gives the one `compiler` chosen here, in this process
and in the Python processes that tests start. It is imported at once, because pytest would otherwise load the parent
package of a test file from the folder the file stands in.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


def choose_compiler() -> None:
    """Puts the source tree, and ahead of it a native build if asked for, first on the path, here and for children."""
    wanted = [str(ROOT)]
    native = os.environ.get("PYCC_NATIVE_DIR", "")
    if native:
        folder = Path(native) if os.path.isabs(native) else ROOT / native
        if not (folder / "complete").exists():
            raise RuntimeError(f"PYCC_NATIVE_DIR names {folder}, which holds no complete native build")
        wanted.insert(0, str(folder))
    sys.path[:] = wanted + [entry for entry in sys.path if entry not in wanted]
    inherited = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry not in wanted]
    os.environ["PYTHONPATH"] = os.pathsep.join(wanted + inherited)
    # Without this `python -m compiler...` would put the current directory, often the source tree, ahead of the rest.
    os.environ["PYTHONSAFEPATH"] = "1"
    importlib.import_module("compiler")


choose_compiler()

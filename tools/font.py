"""Makes the font that PDFs are set in, from Google's Noto Sans SC (SIL Open Font License 1.1).

    pip install fonttools
    python tools/font.py NotoSansSC_400Regular.ttf      (npm: @expo-google-fonts/noto-sans-sc 0.4.3)

Every character stays; what only a screen or vertical text needs goes (hinting, layout features, vertical metrics).
The result is committed: neither setting up nor running Zhoudao needs fonttools.
"""

import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src/zhoudao/core/look/fonts/NotoSansSC-Regular.ttf"
DROPPED = "VORG,vhea,vmtx,GSUB,GPOS,GDEF,BASE,STAT"


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    options = [
        "--unicodes=*",
        "--name-IDs=*",
        "--layout-features=",
        "--no-hinting",
        f"--drop-tables+={DROPPED}",
    ]
    command = [sys.executable, "-m", "fontTools.subset", sys.argv[1], *options, f"--output-file={TARGET}"]
    subprocess.run(command, check=True)
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

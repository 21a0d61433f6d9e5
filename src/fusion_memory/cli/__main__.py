"""``python -m fusion_memory.cli`` is the same command as ``fusion-memory``."""

from fusion_memory.cli.main import main

if __name__ == "__main__":
    main()

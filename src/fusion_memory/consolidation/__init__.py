"""Background care: what keeps memory healthy while nobody asks. It reads and writes derived rows only."""

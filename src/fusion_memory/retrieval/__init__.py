"""The read path: plan, recall, fuse, rank, diversify, pack; ``pipeline`` knows the order."""

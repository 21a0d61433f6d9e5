"""One file per published question set: from its layout on disk to the neutral records. No store, no search."""

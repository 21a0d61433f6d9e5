"""The HTTP service: the same memory for agents in any language. It speaks `core.api` and nothing deeper."""

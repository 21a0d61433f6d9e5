"""Measuring: published question sets and the speed of this machine, through the public face only.

Nothing here knows how memories are kept or ranked; a memory arrives as a factory of ``MemoryApi``.
"""

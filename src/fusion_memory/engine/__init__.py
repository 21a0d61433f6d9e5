"""The local implementation of the public face: it wires the rooms and delegates; it holds no algorithm."""

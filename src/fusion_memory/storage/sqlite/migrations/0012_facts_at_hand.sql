-- The latest facts of a type or a relation, found without reading all others: what a pack looks for before each answer.
CREATE INDEX facts_latest_of_type ON facts (owner_no, type, valid_from) WHERE head_no = fact_no;
CREATE INDEX facts_latest_of_relation ON facts (owner_no, predicate, slot, valid_from) WHERE head_no = fact_no;

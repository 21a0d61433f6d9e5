-- How much of every table goes with some memories: asked before they go, for the receipt.

-- name: lineage
WITH gone (event_no) AS MATERIALIZED (SELECT value FROM json_each(:event_nos))
SELECT 'events', count(*) FROM gone
UNION ALL SELECT 'spans', count(*) FROM gone CROSS JOIN spans s ON s.event_no = gone.event_no
UNION ALL SELECT 'vectors', count(*) FROM gone CROSS JOIN spans s ON s.event_no = gone.event_no
                                                 CROSS JOIN vectors v ON v.span_no = s.span_no
UNION ALL SELECT 'span_terms', count(*) FROM gone CROSS JOIN spans s ON s.event_no = gone.event_no
                                                    CROSS JOIN span_terms t ON t.span_no = s.span_no
UNION ALL SELECT 'facts', count(*) FROM gone CROSS JOIN facts f ON f.event_no = gone.event_no
UNION ALL SELECT 'decisions', count(*) FROM gone CROSS JOIN decisions d ON d.event_no = gone.event_no
UNION ALL SELECT 'encodings', count(*) FROM gone CROSS JOIN encodings n ON n.event_no = gone.event_no
UNION ALL SELECT 'second_readings', count(*) FROM gone CROSS JOIN second_readings r ON r.event_no = gone.event_no
UNION ALL SELECT 'entity_mentions', count(*) FROM gone CROSS JOIN entity_mentions m ON m.event_no = gone.event_no
UNION ALL SELECT 'entity_links', count(*) FROM gone CROSS JOIN entity_links l ON l.event_no = gone.event_no
UNION ALL SELECT 'summaries', count(DISTINCT u.summary_no) FROM gone
                              CROSS JOIN summary_sources u ON u.event_no = gone.event_no
UNION ALL SELECT 'associations', count(*) FROM gone CROSS JOIN associations a ON a.later_no = gone.event_no
UNION ALL SELECT 'associations', count(*) FROM gone CROSS JOIN associations a ON a.earlier_no = gone.event_no
          WHERE NOT EXISTS (SELECT 1 FROM json_each(:event_nos) AS later WHERE later.value = a.later_no)
UNION ALL SELECT 'feedback', count(*) FROM gone CROSS JOIN feedback f ON f.event_no = gone.event_no
UNION ALL SELECT 'outbox', count(*) FROM gone CROSS JOIN outbox o ON o.event_no = gone.event_no
UNION ALL SELECT 'keeping', count(*) FROM gone CROSS JOIN keeping k ON k.event_no = gone.event_no
UNION ALL SELECT 'condensation_lines', count(DISTINCT c.line_no) FROM gone
                                       CROSS JOIN condensation_sources c ON c.event_no = gone.event_no
UNION ALL SELECT 'condensations', count(DISTINCT c.condensation_no) FROM gone
                                  CROSS JOIN condensation_reads c ON c.event_no = gone.event_no;

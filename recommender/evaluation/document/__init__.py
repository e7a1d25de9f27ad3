"""``report.json``: every number of a report, and the schema that it is read back with.

`docs/report.schema.json` is `whole.Document` as JSON Schema. All shares, means and scores are fractions of
1; intervals are of 95 %. Nothing in a document depends on the clock or on the machine.
"""

"""What our dashboards ask of the functions' logs, in the language of CloudWatch Logs Insights.

AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html. Beside the outcomes there are errors that nobody caught,
and runs that Lambda ended: a run that is killed leaves nothing but the platform's report. A run that ends
with ``UpdateFailed`` has told everything in its outcomes.
"""

from __future__ import annotations

_ENDED_BADLY = """level in ["ERROR", "CRITICAL"] or ispresent(errorType)
 or (type = "platform.report" and record.status in ["timeout", "failure"])"""
_NEWEST = """| filter not ispresent(errorType) or errorType != "UpdateFailed"
| sort @timestamp desc
| limit 100"""

EVERY_OUTCOME = f"""fields @timestamp, jobDefinition, outcome, gate, reason,
 previousRevision, newRevision, newImage, errorType, errorMessage, record.status
| filter ispresent(outcome) or {_ENDED_BADLY}
{_NEWEST}"""

# The log group tells the pair where a record is Lambda's own.
WHAT_WAS_NOT_DONE = f"""fields @timestamp, @log, pair, jobDefinition, outcome, gate, reason,
 errorType, errorMessage, record.status
| filter gate like /./ or {_ENDED_BADLY}
{_NEWEST}"""

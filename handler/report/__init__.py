"""Who is told what a run did: the result, the log, metrics, notices."""

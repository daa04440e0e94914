"""Events and metrics: JSON lines for logs, CloudWatch's embedded format for metrics."""

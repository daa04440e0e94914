"""Delivery: SNS calls side by side, retries, S3 bodies, SQS dead letters."""

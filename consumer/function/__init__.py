"""The same core as an AWS Lambda function: one event, one shard's records, one answer."""

"""The same promise as an AWS Lambda function, and `simulate`, which runs it without AWS."""

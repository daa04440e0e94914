"""Embedded backends on this machine: DynamoDB Local, and moto's server for everything else.

That is SNS, SQS, S3 and CloudWatch. The demo and the tests use them; nothing here talks to AWS.
"""

"""Embedded backends on this machine: ministack for tables, moto's server for everything else.

That is SNS, SQS, S3 and CloudWatch. The demo and the tests use them; nothing here talks to AWS.
"""

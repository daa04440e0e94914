"""Embedded backends on this machine: DynamoDB Local, and moto's server for SNS, SQS and CloudWatch.

The demo and the tests use them; nothing here talks to AWS.
"""

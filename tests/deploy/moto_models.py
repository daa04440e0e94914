"""Models of resources that moto's CloudFormation lacks."""

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

from tests.deploy.alarm_model import AlarmModel
from tests.deploy.policy_models import BucketPolicy, QueuePolicy

MODELS: tuple[type[CloudFormationModel], ...] = (AlarmModel, BucketPolicy, QueuePolicy)
"""moto finds them among the classes that there are."""


def register() -> None:
    """Let moto find the models, also where it has looked for models before."""
    for known in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        known.cache_clear()

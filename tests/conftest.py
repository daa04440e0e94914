"""How hypothesis looks for examples."""

from hypothesis import Phase, settings

# For code that is known to be broken: any example will do, the simplest takes long to find.
settings.register_profile("any-example", phases=[Phase.explicit, Phase.generate], deadline=None)

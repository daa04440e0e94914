"""Where Lambda begins: this module is imported once for each execution environment.

A function that can't work fails here, and says everything that is wrong with it.
"""

import os

from consumer.function.start import start

handle = start(os.environ).handle
"""What Lambda calls: `consumer.function.entry.handle`."""

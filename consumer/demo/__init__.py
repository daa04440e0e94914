"""The main job on one machine: changes of a table arrive at a topic, and each is accounted for."""

"""Starting the Java daemon: what it is checked for, told and started with."""

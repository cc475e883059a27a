"""The demo: forty people in conversation, written in the files beside this one."""

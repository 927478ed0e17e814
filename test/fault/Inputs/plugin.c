/* plugin.c - a library that the worker of library-changed.py loads. */
int plugin_answer(void) { return ANSWER; }

// slow-plugin.c - a library whose constructor lasts until the program lets it
// end. The dynamic linker holds its locks meanwhile.
extern void constructing(void);

__attribute__((constructor)) static void Construct(void) { constructing(); }

int plugin_answer(void) { return 42; }

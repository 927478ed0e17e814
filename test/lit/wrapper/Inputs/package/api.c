#include <checkpoint.h>

int generation(void);
int generation(void) { return checkpoint_generation(); }

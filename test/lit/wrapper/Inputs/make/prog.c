const char *greeting(void);
int puts(const char *);
int main(void) { return puts(greeting()) < 0; }

// Runs a command that may have no memory that is written and executed.
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char** argv) {
  enum { kSetMdwe = 65, kRefuseExecGain = 1 };
  if (argc < 2 || prctl(kSetMdwe, kRefuseExecGain, 0, 0, 0) != 0) return 125;
  execvp(argv[1], argv + 1);
  return 125;
}

// secret.c - 64 MiB that are excluded, and round them a page of other bytes.
#include <sys/mman.h>

#include "behave.h"

enum { kPage = 4096, kSize = 64 << 20 };

static const char kSecret[] = "lamb of the vault";
static const char kPlain[] = "what all may know";

static void Fill(char* at, const char* text, size_t size) {
  for (size_t i = 0; i + 17 <= size; i += 17) {
    for (size_t k = 0; k < 17; ++k) at[i + k] = (char)(text[k] ^ 0x20);
  }
}

int main(void) {
  char* at = mmap(NULL, kSize + 2 * kPage, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(at != MAP_FAILED);
  // Neither the first nor the last page is the secret's alone.
  Fill(at, kPlain, 1000);
  Fill(at + 1000, kSecret, kSize);
  Fill(at + 1000 + kSize, kPlain, 2 * kPage - 1000);
  CHECK(checkpoint_exclude_bytes(at + 1000, kSize) == 0);
  LiveThroughRestarts();
  return Done();
}

// Intent: a file read in order and a file written in order go on where they
// were: no byte is read or written twice, and none is missed.
// RUN: %build_c
// RUN: %generations %t
// RUN: %generations --ids new %t
#include "behave.h"

enum { kRecords = 20000 };

int main(void) {
  unsigned record;
  const int source = open("source", O_CREAT | O_TRUNC | O_WRONLY, 0600);
  for (unsigned i = 0; i < kRecords; ++i) {
    record = i * 2654435761u;
    CHECK(write(source, &record, sizeof(record)) == sizeof(record));
  }
  close(source);
  const int in = open("source", O_RDONLY);
  const int out = open("copy", O_CREAT | O_TRUNC | O_RDWR, 0600);
  CHECK(in >= 0 && out >= 0);
  Ready();
  unsigned count = 0;
  // The token may come any time; records are left until then.
  while (read(in, &record, sizeof(record)) == sizeof(record)) {
    CHECK(record == count * 2654435761u);
    CHECK(write(out, &record, sizeof(record)) == sizeof(record));
    ++count;
    if (count > kRecords / 2) AwaitGo();
    if (count % 64 == 0) Pause();
  }
  CHECK(count == kRecords);
  CHECK(lseek(out, 0, SEEK_END) == kRecords * (off_t)sizeof(record));
  CHECK(lseek(out, 0, SEEK_SET) == 0);
  for (unsigned i = 0; i < kRecords; ++i) {
    CHECK(read(out, &record, sizeof(record)) == sizeof(record));
    CHECK(record == i * 2654435761u);
  }
  return Done();
}

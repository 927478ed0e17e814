/* rights.h - descriptors on their way through a Unix socket. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <sys/socket.h>

#include "behave.h"

/* Sends the text, and `right` with it. */
static inline void PutRight(int fd, const char* text, int right) {
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {(void*)(uintptr_t)text, strlen(text)};
  struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1,
                          .msg_control = control,
                          .msg_controllen = sizeof(control)};
  struct cmsghdr* head = CMSG_FIRSTHDR(&header);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &right, sizeof(int));
  CHECK(sendmsg(fd, &header, 0) == (ssize_t)strlen(text));
}

#endif

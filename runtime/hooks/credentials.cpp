// credentials.cpp - doors of the id changes: the C library has every thread of
// its own follow, and the coordinator is none of them. A program that is no
// longer who it was cannot be checkpointed (core/snapshot): the coordinator
// ends.

#include "core/coordinator.h"
#include "core/state.h"
#include "hooks/libc.h"

namespace {

using ckpt::hooks::Real;

template <typename Change>
int Follow(Change change) {
  auto& changing = ckpt::core::g_state.changing_ids;
  changing.fetch_add(1, std::memory_order_acq_rel);
  const int r = change();
  if (r == 0) ckpt::core::RetireIfIdsChanged();
  changing.fetch_sub(1, std::memory_order_acq_rel);
  return r;
}

}  // namespace

int __ckpt_setuid(uid_t id) __THROW {
  return Follow([=] { return Real().setuid(id); });
}
int __ckpt_setgid(gid_t id) __THROW {
  return Follow([=] { return Real().setgid(id); });
}
int __ckpt_seteuid(uid_t id) __THROW {
  return Follow([=] { return Real().seteuid(id); });
}
int __ckpt_setegid(gid_t id) __THROW {
  return Follow([=] { return Real().setegid(id); });
}
int __ckpt_setreuid(uid_t real, uid_t effective) __THROW {
  return Follow([=] { return Real().setreuid(real, effective); });
}
int __ckpt_setregid(gid_t real, gid_t effective) __THROW {
  return Follow([=] { return Real().setregid(real, effective); });
}
int __ckpt_setresuid(uid_t real, uid_t effective, uid_t saved) __THROW {
  return Follow([=] { return Real().setresuid(real, effective, saved); });
}
int __ckpt_setresgid(gid_t real, gid_t effective, gid_t saved) __THROW {
  return Follow([=] { return Real().setresgid(real, effective, saved); });
}

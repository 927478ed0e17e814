// frame.h - what a signal frame says about the system call in which the signal
// found its thread, x86_64. Header-only; in handlers and with the world
// stopped.

#ifndef CKPT_SYS_X86_64_FRAME_H
#define CKPT_SYS_X86_64_FRAME_H

#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "sys/x86_64/call_number.h"

namespace ckpt::sys {

// In a frame that stands at or behind a system call.
//   kBefore   on the instruction, the number in rax: about to make the call, or
//             set back to it by the kernel (SA_RESTART)
//   kEnded    behind it, EINTR in rax
//   kReturned behind it, with another result
enum class CallState { kNone, kBefore, kEnded, kReturned };

// In a handler, or world stopped.
inline CallState StateOfCall(const ucontext_t* frame) {
  constexpr int kInterrupted = 4;  // EINTR
  const auto& regs = frame->uc_mcontext.gregs;
  const auto* code = reinterpret_cast<const unsigned char*>(regs[REG_RIP]);
  if (code[0] == 0x0f && code[1] == 0x05) return CallState::kBefore;
  if (code[-2] != 0x0f || code[-1] != 0x05) return CallState::kNone;
  return regs[REG_RAX] == -kInterrupted ? CallState::kEnded
                                        : CallState::kReturned;
}

extern "C" {
// raw_syscall.S: a system call by number; the kernel's result. Behind its
// instruction rbx has the number.
__attribute__((visibility("hidden"))) long __ckpt_raw_syscall(
    const long* arguments, long number);
extern const unsigned char __ckpt_raw_syscall_end[]
    __attribute__((visibility("hidden")));
}

// In a handler, or world stopped. The number of the system call; -1 if the
// frame does not stand at one, or the call was interrupted and the code does
// not show it.
inline long CallNumber(const ucontext_t* frame) {
  const auto& regs = frame->uc_mcontext.gregs;
  const CallState state = StateOfCall(frame);
  if (state == CallState::kNone || state == CallState::kReturned) return -1;
  if (state == CallState::kBefore) return regs[REG_RAX];
  const auto* code = reinterpret_cast<const unsigned char*>(regs[REG_RIP]);
  return code == __ckpt_raw_syscall_end ? regs[REG_RBX]
                                        : NumberLoadedBefore(code - 2, frame);
}

// In a handler: true for a call that was under way and has been set back by the
// kernel. The instruction leaves the address behind it in rcx.
inline bool IsSetBack(const ucontext_t* frame) {
  const auto& regs = frame->uc_mcontext.gregs;
  return StateOfCall(frame) == CallState::kBefore &&
         regs[REG_RCX] == regs[REG_RIP] + 2;
}

// In a handler: true if nothing lies between the call and its interruption, not
// even a handler of the program's (Touch).
inline bool HasJustReturned(const ucontext_t* frame) {
  const auto& regs = frame->uc_mcontext.gregs;
  const CallState state = StateOfCall(frame);
  return (state == CallState::kEnded || state == CallState::kReturned) &&
         regs[REG_RCX] == regs[REG_RIP];
}

// In a handler of the program's. From here on the frame does not look like one
// of a call that has just returned. Code behind a system call expects nothing
// of rcx.
inline void Touch(ucontext_t* frame) {
  if (HasJustReturned(frame)) frame->uc_mcontext.gregs[REG_RCX] = 0;
}

// A call that is to run again for our sake is marked in r11, which the
// instruction overwrites: the mark lasts until the call is made, and no longer.
// Known to track/handlers_x86_64.S.
constexpr uint64_t kSetBack = 0x9d3a6e5bc1f07424;
constexpr uint64_t kSetBackForAny = kSetBack + 1;
static_assert(offsetof(ucontext_t, uc_mcontext.gregs[REG_R11]) == 64);
static_assert(offsetof(ucontext_t, uc_mcontext.gregs[REG_RCX]) == 152);
static_assert(offsetof(ucontext_t, uc_mcontext.gregs[REG_RIP]) == 168);

// Which handlers would have ended a call that runs again.
//   kForSome  those that are not SA_RESTART: the kernel has set it back
//   kForAny   all: the kernel begins it again after none
enum class SetBack { kNot, kForSome, kForAny };

// In a handler.
inline void MarkSetBack(ucontext_t* frame, SetBack by) {
  frame->uc_mcontext.gregs[REG_R11] = static_cast<greg_t>(
      by == SetBack::kForAny ? kSetBackForAny : kSetBack);
}

// In a handler.
inline SetBack SetBackBy(const ucontext_t* frame) {
  if (!IsSetBack(frame)) return SetBack::kNot;
  const auto mark =
      static_cast<uint64_t>(frame->uc_mcontext.gregs[REG_R11]);
  return mark == kSetBack         ? SetBack::kForSome
         : mark == kSetBackForAny ? SetBack::kForAny
                                  : SetBack::kNot;
}

// In a handler: what was set back has been interrupted after all.
inline void EndCall(ucontext_t* frame) {
  constexpr int kInterrupted = 4;  // EINTR
  frame->uc_mcontext.gregs[REG_RIP] += 2;
  frame->uc_mcontext.gregs[REG_RAX] = -kInterrupted;
}

// In a handler, or world stopped. The futex that the thread waits for, or is
// about to; 0 if it does nothing of the kind. What has interrupted a call does
// not show its number any more: the caller compares the address with what it
// knows.
inline uint64_t FutexWaitedFor(const ucontext_t* frame) {
  const auto& regs = frame->uc_mcontext.gregs;
  const CallState state = StateOfCall(frame);
  if (state == CallState::kNone || state == CallState::kReturned) return 0;
  if (state == CallState::kBefore && regs[REG_RAX] != __NR_futex) return 0;
  switch (static_cast<int>(regs[REG_RSI]) & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
      return static_cast<uint64_t>(regs[REG_RDI]);
    default:
      return 0;
  }
}

// World stopped, or in a handler. True if the thread blocks `signal` in what
// the frame goes back to.
inline bool Blocks(const ucontext_t* frame, int signal) {
  uint64_t blocked;
  __builtin_memcpy(&blocked, &frame->uc_sigmask, sizeof(blocked));
  return (blocked >> (signal - 1) & 1) != 0;
}

// In a handler. True if the thread is in the first `size` bytes of the function
// at `start`, or in a leaf that those call.
inline bool IsInHead(const ucontext_t* frame, uint64_t start, uint64_t size) {
  const auto& regs = frame->uc_mcontext.gregs;
  const uint64_t caller = *reinterpret_cast<const uint64_t*>(regs[REG_RSP]);
  return static_cast<uint64_t>(regs[REG_RIP]) - start < size ||
         caller - start < size;
}

// World stopped, or in a handler: true if `visit` says so of a register other
// than the stack pointer and the instruction pointer.
template <typename Visit>
bool AnyRegister(const ucontext_t* frame, Visit visit) {
  static_assert(REG_R8 == 0 && REG_RCX == 14 && REG_RSP == 15);
  for (int i = REG_R8; i <= REG_RCX; ++i) {
    if (visit(static_cast<uint64_t>(frame->uc_mcontext.gregs[i]))) return true;
  }
  return false;
}

}  // namespace ckpt::sys

#endif

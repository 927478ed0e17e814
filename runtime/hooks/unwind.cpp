// unwind.cpp - see unwind.h. At the runtime's link (--wrap) references to
// __gcc_personality_v0 and _Unwind_Resume become the two functions here.

#include "hooks/unwind.h"

#include "base/check.h"
#include "base/types.h"

#pragma weak _Unwind_GetLanguageSpecificData
#pragma weak _Unwind_GetIP
#pragma weak _Unwind_GetRegionStart
#pragma weak _Unwind_SetGR
#pragma weak _Unwind_SetIP

// The one that the others' calls were for.
extern "C" __attribute__((weak)) decltype(_Unwind_Resume)
    __real__Unwind_Resume;

namespace ckpt::hooks {
namespace {

// What the program is linked to (C++), or what has been loaded since.
Unwinder TheUnwinder() {
  Unwinder unwinder{_Unwind_GetLanguageSpecificData,
                    _Unwind_GetIP,
                    _Unwind_GetRegionStart,
                    _Unwind_SetGR,
                    _Unwind_SetIP,
                    __real__Unwind_Resume};
  if (unwinder.resume == nullptr) unwinder = FindUnwinder();
  CKPT_CHECK(unwinder.resume != nullptr, "who unwinds this thread?");
  return unwinder;
}

uint64_t ReadUleb(const uint8_t** p) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const uint8_t byte = *(*p)++;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
}

constexpr uint8_t kUleb = 0x01, kUdata4 = 0x03, kOmit = 0xff;

uint64_t ReadValue(const uint8_t** p, uint8_t encoding) {
  if (encoding == kUleb) return ReadUleb(p);
  CKPT_CHECK(encoding == kUdata4, "a table of cleanups in another form");
  uint32_t value;
  __builtin_memcpy(&value, *p, sizeof(value));
  *p += sizeof(value);
  return value;
}

// Where the cleanup for `ip` begins, as an offset from the function, or 0. The
// table is in the form that our compiler gives it.
uint64_t CleanupAt(const uint8_t* table, uint64_t ip) {
  CKPT_CHECK(*table++ == kOmit, "cleanups of another function");
  if (*table++ != kOmit) ReadUleb(&table);  // types: there are none in C
  const uint8_t encoding = *table++;
  const uint64_t size = ReadUleb(&table);
  const uint8_t* end = table + size;
  while (table < end) {
    const uint64_t start = ReadValue(&table, encoding);
    const uint64_t length = ReadValue(&table, encoding);
    const uint64_t cleanup = ReadValue(&table, encoding);
    ReadUleb(&table);  // action: none but to clean up
    if (ip >= start && ip < start + length) return cleanup;
  }
  return 0;
}

}  // namespace

// Called by the unwinder for each frame of these functions.
extern "C" __attribute__((visibility("hidden"))) _Unwind_Reason_Code
__wrap___gcc_personality_v0(int version, _Unwind_Action actions,
                            _Unwind_Exception_Class,
                            _Unwind_Exception* exception,
                            _Unwind_Context* context) {
  if (version != 1) return _URC_FATAL_PHASE1_ERROR;
  // C catches nothing.
  if ((actions & _UA_CLEANUP_PHASE) == 0) return _URC_CONTINUE_UNWIND;
  const Unwinder unwinder = TheUnwinder();
  const auto* table = reinterpret_cast<const uint8_t*>(unwinder.data(context));
  if (table == nullptr) return _URC_CONTINUE_UNWIND;
  const uint64_t function = unwinder.region(context);
  // It is the return address: the call is before it.
  const uint64_t cleanup =
      CleanupAt(table, unwinder.get_ip(context) - 1 - function);
  if (cleanup == 0) return _URC_CONTINUE_UNWIND;
  unwinder.set_register(context, __builtin_eh_return_data_regno(0),
                        reinterpret_cast<uint64_t>(exception));
  unwinder.set_register(context, __builtin_eh_return_data_regno(1), 0);
  unwinder.set_ip(context, function + cleanup);
  return _URC_INSTALL_CONTEXT;
}

// At the end of a cleanup.
extern "C" __attribute__((visibility("hidden"), noreturn)) void
__wrap__Unwind_Resume(_Unwind_Exception* exception) {
  TheUnwinder().resume(exception);
  __builtin_unreachable();
}

}  // namespace ckpt::hooks

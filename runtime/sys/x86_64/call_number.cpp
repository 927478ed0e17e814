// call_number.cpp - see call_number.h.

#include "sys/x86_64/call_number.h"

#include <stdint.h>
#include <sys/uio.h>

#include "sys/process.h"

namespace ckpt::sys {
namespace {

// Numbers of the processor's registers, as in instructions.
enum : int { kRax = 0, kRcx = 1, kRsp = 4, kRbp = 5, kR11 = 11 };

// Where a frame has them.
constexpr int kInFrame[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX,
                              REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11,
                              REG_R12, REG_R13, REG_R14, REG_R15};

// How far back the number may be loaded.
constexpr int kWindow = 64;
constexpr long kMostNumber = 4095;

struct Instruction {
  int length = 0;        // 0: none that is known
  uint32_t written = 0;  // registers, a bit each
  bool stores = false;   // writes memory
};

// What an instruction puts into rax.
struct Load {
  enum Kind { kNone, kValue, kRegister, kStack } kind = kNone;
  long value = 0;  // kValue; of kStack, the offset from `source`
  int source = 0;
};

// The bytes of an instruction behind its prefixes, taken apart.
struct Reader {
  const uint8_t* at;
  const uint8_t* end;

  bool Has(int n) const { return end - at >= n; }
  long Signed(int size) const {
    long value = 0;
    for (int i = 0; i < size; ++i) {
      value |= static_cast<long>(at[i]) << (8 * i);
    }
    const int unused = 64 - 8 * size;
    return static_cast<long>(static_cast<uint64_t>(value) << unused) >> unused;
  }
};

struct Operand {
  int length = 0;  // with the byte that says which; 0: not whole
  int reg = 0;     // the register operand, or the opcode's extension
  int rm = -1;     // the other one if it is a register, else -1
  int base = -1;   // memory at base + offset and nothing else
  long offset = 0;
};

Operand Take(const Reader& in, uint8_t rex) {
  Operand operand;
  if (!in.Has(1)) return operand;
  const int mode = in.at[0] >> 6, low = in.at[0] & 7;
  operand.reg = ((in.at[0] >> 3) & 7) | ((rex & 4) << 1);
  int length = 1;
  if (mode == 3) {
    operand.rm = low | ((rex & 1) << 3);
    operand.length = 1;
    return operand;
  }
  int base = low | ((rex & 1) << 3);
  int offset = mode == 1 ? 1 : mode == 2 ? 4 : 0;
  if (low == 4) {
    if (!in.Has(2)) return operand;
    const uint8_t scale = in.at[1];
    const bool indexed = (scale & 0x38) != 0x20 || (rex & 2) != 0;
    if ((scale & 7) == 5 && mode == 0) offset = 4;
    base = indexed || (offset == 4 && mode == 0)
               ? -1
               : (scale & 7) | ((rex & 1) << 3);
    length = 2;
  } else if (low == 5 && mode == 0) {
    offset = 4;  // from the instruction pointer
    base = -1;
  }
  if (!in.Has(length + offset)) return operand;
  operand.base = base;
  if (offset != 0) {
    operand.offset = Reader{in.at + length, in.end}.Signed(offset);
  }
  operand.length = length + offset;
  return operand;
}

// Instructions that compilers put between the number of a system call and the
// call: moves, arithmetic, tests and, over which it falls, conditional jumps.
// Fills `load` if it is one that puts something into rax that can be told.
Instruction Decode(const uint8_t* start, const uint8_t* end, Load* load) {
  Reader in{start, end};
  Instruction one;
  uint8_t rex = 0, prefix = 0;
  while (in.Has(1) && (*in.at == 0x66 || *in.at == 0xf3 || *in.at == 0xf2 ||
                       *in.at == 0x64)) {
    prefix = *in.at++;
    if (in.at - start > 3) return one;
  }
  if (in.Has(1) && (*in.at & 0xf0) == 0x40) rex = *in.at++;
  if (!in.Has(1)) return one;
  const uint8_t code = *in.at++;
  const bool wide = (rex & 8) != 0;
  const auto finish = [&](int length) {
    if (in.Has(length)) {
      one.length = static_cast<int>(in.at - start) + length;
    }
    return one;
  };
  const auto writes = [&](int reg) { one.written |= 1u << reg; };
  const auto write_rm = [&](const Operand& operand) {
    if (operand.rm >= 0) {
      writes(operand.rm);
    } else {
      one.stores = true;
    }
  };
  const int short_reg = (code & 7) | ((rex & 1) << 3);

  if (code == 0x90) return finish(0);  // nop
  if ((code & 0xf0) == 0x70) return finish(1);  // jcc
  if ((code & 0xf8) == 0x50) {  // push
    writes(kRsp);
    one.stores = true;
    return finish(0);
  }
  if (code == 0x6a || code == 0x68) {  // push $
    // push $number; pop %rax
    if (code == 0x6a && in.Has(2) && in.at[1] == 0x58) {
      *load = {Load::kValue, in.Signed(1), 0};
      writes(kRax);
      return finish(2);
    }
    writes(kRsp);
    one.stores = true;
    return finish(code == 0x6a ? 1 : 4);
  }
  if ((code & 0xf8) == 0x58) {  // pop
    writes(kRsp);
    writes(short_reg);
    return finish(0);
  }
  if ((code & 0xf8) == 0xb8) {  // mov $, reg
    if (prefix == 0x66) return one;
    const int size = wide ? 8 : 4;
    if (in.Has(size) && short_reg == kRax) {
      *load = {Load::kValue, in.Signed(size), 0};
    }
    writes(short_reg);
    return finish(size);
  }
  if ((code & 0xf8) == 0xb0) {  // mov $, low byte
    writes(rex != 0 ? short_reg : code & 3);
    return finish(1);
  }
  if (code == 0x98 || code == 0x99) {  // cltq, cltd
    writes(code == 0x98 ? kRax : 2);
    return finish(0);
  }
  if (code < 0x40 && (code & 7) >= 4 && (code & 7) <= 5) {  // op $, %rax
    if ((code & 0x38) != 0x38) writes(kRax);
    return finish((code & 7) == 4 ? 1 : 4);
  }

  if (code == 0x0f) {
    if (!in.Has(1)) return one;
    const uint8_t second = *in.at++;
    if ((second & 0xf0) == 0x80) return finish(4);  // jcc
    const Operand operand = Take(in, rex);
    if (operand.length == 0) return one;
    switch (second) {
      case 0x1f:  // nop
      case 0x0d:  // prefetch
      case 0x18:
        return finish(operand.length);
      case 0xb6:
      case 0xb7:
      case 0xbe:
      case 0xbf:  // movz, movs
      case 0xaf:  // imul
        writes(operand.reg);
        return finish(operand.length);
      case 0x10:
      case 0x28:
      case 0x6f:  // to a vector register
      case 0x6e:
      case 0x16:
      case 0x12:
      case 0x14:
      case 0x57:
      case 0x6c:
      case 0xef:
        return finish(operand.length);
      case 0x11:
      case 0x29:
      case 0x7f:
      case 0xd6:  // from one to memory
      case 0x13:
      case 0x17:
        one.stores = true;
        return finish(operand.length);
      default:
        if ((second & 0xf0) == 0x40) {  // cmov
          writes(operand.reg);
          return finish(operand.length);
        }
        if ((second & 0xf0) == 0x90) {  // set
          write_rm(operand);
          return finish(operand.length);
        }
        return one;
    }
  }

  const Operand operand = Take(in, rex);
  if (operand.length == 0) return one;
  const bool prefixed = prefix != 0;
  switch (code) {
    case 0x01: case 0x08: case 0x09: case 0x20: case 0x21:
    case 0x28: case 0x29: case 0x30: case 0x31:  // op reg, r/m
      if ((code == 0x31 || code == 0x29) && !prefixed &&
          operand.rm == kRax && operand.reg == kRax) {
        *load = {Load::kValue, 0, 0};
      }
      write_rm(operand);
      return finish(operand.length);
    case 0x03: case 0x0a: case 0x0b: case 0x22: case 0x23:
    case 0x2a: case 0x2b: case 0x32: case 0x33:  // op r/m, reg
      if ((code == 0x33 || code == 0x2b) && !prefixed &&
          operand.rm == kRax && operand.reg == kRax) {
        *load = {Load::kValue, 0, 0};
      }
      writes(operand.reg);
      return finish(operand.length);
    case 0x38: case 0x39: case 0x3a: case 0x3b: case 0x84: case 0x85:
      return finish(operand.length);  // cmp, test
    case 0x88:
    case 0x89:  // mov reg, r/m
      if (code == 0x89 && !prefixed && operand.rm == kRax) {
        *load = {Load::kRegister, 0, operand.reg};
      }
      write_rm(operand);
      return finish(operand.length);
    case 0x8a:
    case 0x8b:  // mov r/m, reg
      if (code == 0x8b && !prefixed && operand.reg == kRax) {
        if (operand.rm >= 0) {
          *load = {Load::kRegister, 0, operand.rm};
        } else if (operand.base == kRsp || operand.base == kRbp) {
          *load = {Load::kStack, operand.offset, operand.base};
        }
      }
      writes(operand.reg);
      return finish(operand.length);
    case 0x63:  // movslq
      if (operand.reg == kRax && !prefixed) {
        if (operand.rm >= 0) {
          *load = {Load::kRegister, 0, operand.rm};
        } else if (operand.base == kRsp || operand.base == kRbp) {
          *load = {Load::kStack, operand.offset, operand.base};
        }
      }
      writes(operand.reg);
      return finish(operand.length);
    case 0x8d:  // lea
      writes(operand.reg);
      return finish(operand.length);
    case 0x80: case 0x83: case 0x81: {  // op $, r/m
      if ((operand.reg & 7) != 7) write_rm(operand);
      const int size = code != 0x81 ? 1 : prefix == 0x66 ? 2 : 4;
      return finish(operand.length + size);
    }
    case 0xc0: case 0xc1:  // shift by $
      write_rm(operand);
      return finish(operand.length + 1);
    case 0xd0: case 0xd1: case 0xd3:  // shift
      write_rm(operand);
      return finish(operand.length);
    case 0xc6: case 0xc7: {  // mov $, r/m
      if ((operand.reg & 7) != 0) return one;
      const int size = code == 0xc6 ? 1 : prefix == 0x66 ? 2 : 4;
      if (code == 0xc7 && !prefixed && operand.rm == kRax &&
          in.Has(operand.length + 4)) {
        *load = {Load::kValue,
                 Reader{in.at + operand.length, end}.Signed(4), 0};
      }
      write_rm(operand);
      return finish(operand.length + size);
    }
    case 0xf6: case 0xf7: {  // test, not, neg; the rest writes rax and rdx
      const int op = operand.reg & 7;
      if (op < 2) return finish(operand.length + (code == 0xf6 ? 1 : 4));
      if (op < 4) {
        write_rm(operand);
      } else {
        writes(kRax);
        writes(2);
      }
      return finish(operand.length);
    }
    case 0xfe: case 0xff:  // inc, dec
      if ((operand.reg & 7) > 1) return one;
      write_rm(operand);
      return finish(operand.length);
    default:
      return one;
  }
}

// True if a straight line of known instructions leads from `at` to `end`.
// `written` and `stores`: what it does.
bool LeadsTo(const uint8_t* at, const uint8_t* end, uint32_t* written,
             bool* stores) {
  while (at < end) {
    Load unused;
    const Instruction one = Decode(at, end, &unused);
    if (one.length == 0) return false;
    *written |= one.written;
    *stores |= one.stores;
    at += one.length;
  }
  return true;
}

long Fetch(const Load& load, const ucontext_t* frame) {
  const auto& regs = frame->uc_mcontext.gregs;
  switch (load.kind) {
    case Load::kValue:
      return load.value;
    case Load::kRegister:
      return static_cast<int32_t>(regs[kInFrame[load.source]]);
    case Load::kStack:
      // The thread has just read it there.
      return *reinterpret_cast<const int32_t*>(regs[kInFrame[load.source]] +
                                               load.value);
    case Load::kNone:
      break;
  }
  return -1;
}

long NumberIn(const uint8_t* code, const uint8_t* end,
              const ucontext_t* frame) {
  for (const uint8_t* at = end - 2; at >= code; --at) {
    Load load;
    const Instruction one = Decode(at, end, &load);
    if (one.length == 0 || load.kind == Load::kNone) continue;
    uint32_t written = 0;
    bool stores = false;
    if (!LeadsTo(at + one.length, end, &written, &stores)) continue;
    // The byte before may belong to it and make it another instruction.
    if (at > code && (at[-1] & 0xf0) == 0x40 && (at[0] & 0xf0) != 0x40) {
      Load other;
      const Instruction longer = Decode(at - 1, end, &other);
      uint32_t ignored = 0;
      bool also = false;
      if (longer.length != 0 &&
          LeadsTo(at - 1 + longer.length, end, &ignored, &also)) {
        continue;
      }
    }
    if ((written & (1u << kRax)) != 0) continue;
    if (load.kind != Load::kValue) {
      if ((written & (1u << load.source)) != 0) continue;
      // The instruction has destroyed these.
      if (load.source == kRax || load.source == kRcx || load.source == kR11) {
        continue;
      }
      if (load.kind == Load::kStack && stores) continue;
    }
    const long number = Fetch(load, frame);
    if (number >= 0 && number <= kMostNumber) return number;
  }
  return -1;
}

}  // namespace

long NumberLoadedBefore(const unsigned char* instruction,
                        const ucontext_t* frame) {
  const auto end = reinterpret_cast<uint64_t>(instruction);
  const uint64_t in_page = end & 4095;
  if (in_page >= kWindow) {
    return NumberIn(instruction - kWindow, instruction, frame);
  }
  // The page before may not be there.
  uint8_t copy[kWindow];
  iovec local{copy, kWindow};
  iovec remote{reinterpret_cast<void*>(end - kWindow), kWindow};
  if (Raw(__NR_process_vm_readv, GetTid(), &local, 1, &remote, 1, 0) ==
      kWindow) {
    return NumberIn(copy, copy + kWindow, frame);
  }
  return NumberIn(instruction - in_page, instruction, frame);
}

}  // namespace ckpt::sys

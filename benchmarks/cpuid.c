// A library to audit with (LD_AUDIT, see ld.so(8)): programs that ask the processor find no AVX-512.
//
// CPUID needs no privilege and has no switch, so a library that asks it cannot be told otherwise. This one is called by
// the dynamic linker for every library before any of its code has run, and puts a breakpoint on each CPUID instruction
// of those that a file in the directory REMY_CPUID_SITES lists: named like the library, one hexadecimal offset a line.
// The breakpoint's handler asks the processor and takes out what AVX2 machines lack.

#define _GNU_SOURCE
#include <cpuid.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

// Intel's manual, volume 2, CPUID: leaf 7, subleaf 0 (AVX512*, AMX, GFNI, VAES and VPCLMULQDQ), subleaf 1 (AVX-VNNI,
// AVX512_BF16, ...).
static const unsigned EBX_7_0 = 1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 30 | 1u << 31;
static const unsigned ECX_7_0 = 1u << 1 | 1u << 6 | 1u << 8 | 1u << 9 | 1u << 10 | 1u << 11 | 1u << 12 | 1u << 14;
static const unsigned EDX_7_0 = 1u << 2 | 1u << 3 | 1u << 8 | 1u << 22 | 1u << 23 | 1u << 24 | 1u << 25;
static const unsigned EAX_7_1 = 1u << 4 | 1u << 5 | 1u << 21 | 1u << 23;

static void answer(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)info;
  greg_t* registers = ((ucontext_t*)context)->uc_mcontext.gregs;
  unsigned leaf = registers[REG_RAX], subleaf = registers[REG_RCX], a, b, c, d;
  __cpuid_count(leaf, subleaf, a, b, c, d);
  if (leaf == 7 && subleaf == 0) b &= ~EBX_7_0, c &= ~ECX_7_0, d &= ~EDX_7_0;
  if (leaf == 7 && subleaf == 1) a &= ~EAX_7_1, d = 0;
  if (leaf == 0x24) a = b = c = d = 0;  // AVX10
  registers[REG_RAX] = a, registers[REG_RBX] = b, registers[REG_RCX] = c, registers[REG_RDX] = d;
  registers[REG_RIP] += 1;  // past the second byte of the instruction that the breakpoint took the place of
}

static void die(const char* library, const char* why) {
  fprintf(stderr, "cpuid: %s: %s\n", library, why);
  _exit(1);
}

static void set_breakpoint(unsigned char* at, const char* library) {
  const unsigned long page = sysconf(_SC_PAGESIZE);
  unsigned char* start = (unsigned char*)((unsigned long)at & ~(page - 1));
  const unsigned long size = at + 2 - start;
  if (at[0] != 0x0f || at[1] != 0xa2) die(library, "other code than the listed one");
  if (mprotect(start, size, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) die(library, "its code cannot be changed");
  at[0] = 0xcc;
  at[1] = 0x90;
  mprotect(start, size, PROT_READ | PROT_EXEC);
}

unsigned la_version(unsigned version) {
  (void)version;
  const struct sigaction action = {.sa_sigaction = answer, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGTRAP, &action, NULL);
  return LAV_CURRENT;
}

unsigned la_objopen(struct link_map* map, Lmid_t space, uintptr_t* cookie) {
  (void)space, (void)cookie;
  const char *slash = strrchr(map->l_name, '/'), *directory = getenv("REMY_CPUID_SITES");
  char path[4096];
  if (slash == NULL || directory == NULL) return 0;
  snprintf(path, sizeof path, "%s%s", directory, slash);
  FILE* sites = fopen(path, "r");
  if (sites == NULL) return 0;
  for (unsigned long offset; fscanf(sites, "%lx", &offset) == 1;)
    set_breakpoint((unsigned char*)map->l_addr + offset, map->l_name);
  fclose(sites);
  return 0;
}

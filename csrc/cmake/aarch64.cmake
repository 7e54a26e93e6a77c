# Builds for 64-bit Arm with Debian's g++-aarch64-linux-gnu; its qemu-user runs the tests.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
# Left out is what qemu-user 7.2 aborts at: the forked child of a program with threads starts threads of its own.
set(CMAKE_CROSSCOMPILING_EMULATOR
    qemu-aarch64 -L /usr/aarch64-linux-gnu
    -E "REMY_TESTS_WITHOUT=a forked child works on threads of its own|a forked child gathers a team of its own")

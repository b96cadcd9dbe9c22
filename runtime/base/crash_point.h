// Named points at which a test can have the process killed, as if by kill -9: between two steps of
// what must survive that. Compiled out of release builds (NDEBUG).
//
// EAGRE_CRASH=FILE:N:POINT in the environment arms POINT: a process that comes there for the N-th
// time, from 1, is killed if FILE is there, which it removes first. So of all processes that
// inherit the environment, one is killed, once.
#pragma once

namespace eagre::base {

// Used by the macro. Threads: safe from any thread.
void crash_point(const char* name);

}  // namespace eagre::base

#ifdef NDEBUG
#define EAGRE_CRASH_POINT(name) static_cast<void>(0)
#else
#define EAGRE_CRASH_POINT(name) ::eagre::base::crash_point(name)
#endif

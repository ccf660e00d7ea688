#pragma once
// Without the pkg-config program no include path is set, so Debian's own folder is tried as well.
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#else
#include <postgresql/libpq-fe.h>
#endif

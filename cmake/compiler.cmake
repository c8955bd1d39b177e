# Language level, warnings, sanitizers and the compiler cache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(SOYUZ_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" ON)
set(SOYUZ_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize takes them")

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(soyuz_options INTERFACE)
target_compile_options(soyuz_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wconversion>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${SOYUZ_WARNINGS_AS_ERRORS}>>:-Werror>)
# gcc 12 takes "text" + std::string in optimised code for an overlapping copy (its bug 105329).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(soyuz_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
# Hardening of what people run: a fault in memory is hard to use. The package's test looks for each of these.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(soyuz_options INTERFACE
        $<$<COMPILE_LANGUAGE:CXX>:-fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
        target_compile_options(soyuz_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-fcf-protection>)
    endif()
    target_link_options(soyuz_options INTERFACE -Wl,-z,relro,-z,now)
endif()
if(SOYUZ_SANITIZE)
    target_compile_options(soyuz_options INTERFACE -fsanitize=${SOYUZ_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(soyuz_options INTERFACE -fsanitize=${SOYUZ_SANITIZE})
    # gcc 12 takes the sanitizer's own bookkeeping for uninitialised or out-of-range uses.
    target_compile_options(soyuz_options INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-tsan>)
endif()
